"""Is it acceptable: pure functions by family, listed in steps. The operator's side runs the same rules."""
