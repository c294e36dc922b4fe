"""One numbered step a file; a released step is never changed."""
