"""Readers, reader processes and the PC/SC service taken away by the hundred."""
