"""Long runs that look for what the tests do not think of; each can be run again from its seed."""
