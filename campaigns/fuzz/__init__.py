"""Bytes that nobody should send, by the million, against what takes bytes from outside."""
