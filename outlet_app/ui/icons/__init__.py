"""Drawn icons of one stroke width, as SVG beside this file, tinted with a colour of the theme."""
