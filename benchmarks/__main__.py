"""Every benchmark, one after another."""

from benchmarks import gui_gap, reading

reading.main()
gui_gap.main()
