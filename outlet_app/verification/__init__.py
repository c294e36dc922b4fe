"""Is it acceptable: pure functions by family, listed in STEPS."""
