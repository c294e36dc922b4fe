"""Bundles by hand: ten thousand records there and back, and files in which bytes were turned on the way."""
