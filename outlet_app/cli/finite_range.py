"""Numbers of the command line within bounds: ``nan`` is within none, though no comparison says so."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A FloatRange that refuses ``nan``: a wait of that length would never be over."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; click's BadParameter for anything else."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(str(value), param, ctx)
        return number
