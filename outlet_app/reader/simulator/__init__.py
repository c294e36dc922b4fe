"""A reader without hardware that ships with the product."""
