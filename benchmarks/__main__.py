"""Every benchmark, one after another."""

from benchmarks import (
    at_scale,
    confirming,
    draining,
    draining_memory,
    guessing,
    gui_gap,
    held_up,
    line_speed,
    reading,
    rescuing,
)

reading.main()
gui_gap.main()
confirming.main()
held_up.main()
at_scale.main()
guessing.main()
draining.main()
draining_memory.main()
line_speed.main()
rescuing.main()
