"""How bytes reach a reader. Transports do not know each other."""
