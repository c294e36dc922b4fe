"""``python -m outlet_app`` is the command ``outlet``."""

import sys

from outlet_app.cli.main import run

sys.exit(run())
