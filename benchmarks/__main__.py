"""Every benchmark, one after another."""

from benchmarks import at_scale, confirming, guessing, gui_gap, reading

reading.main()
gui_gap.main()
confirming.main()
at_scale.main()
guessing.main()
