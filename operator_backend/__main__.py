"""``python -m operator_backend`` is the command ``operator-backend``."""

import sys

from operator_backend.cli.main import run

sys.exit(run())
