"""Everything that can go wrong on the line, by a seed: the operator still holds each record exactly once."""
