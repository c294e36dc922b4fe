"""The operator's server that asks for batches of a size: ``python server_process.py BATCH ARGUMENTS…``."""

import sys

from operator_backend import contacts
from operator_backend.cli.main import run

if __name__ == "__main__":
    contacts.BATCH_SIZE = int(sys.argv[1])
    sys.exit(run(sys.argv[2:]))
