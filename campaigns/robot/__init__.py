"""A robot that lays, lifts and swaps simulated cards on many readers at once."""
