"""Power cuts: what was written is recorded, cut behind any sync, reordered and torn, and opened again."""
