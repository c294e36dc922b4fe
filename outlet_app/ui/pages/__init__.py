"""The pages of the counter, one a file."""
