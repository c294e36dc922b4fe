"""Runs in a mount namespace of its own: a stick of 64 KiB that is full, or mounted read-only.

``python -m tests.bundles.small_stick HOME FOLDER OPERATOR CASE`` prints one JSON object of what was seen.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from operator_backend.bundles import import_bundle
from operator_backend.installation import open_operator
from outlet_app.cli.clock import now
from outlet_app.domain.failures import KnownFailure
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export

_KIB = 64


def main(home: Path, folder: Path, operator: Path, case: str) -> dict[str, object]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_KIB}k", "none", str(folder)], check=True)
    if case == "full":
        return _tried(folder, lambda: export(home, folder, Selection(), Exporting(now)))
    if case == "receipts":
        (bundle,) = export(home, folder, Selection(last=2), Exporting(now))
        (folder / "filler").write_bytes(bytes(_free(folder)))
        with open_operator(operator) as opened:
            return _tried(folder, lambda: import_bundle(opened, bundle.file, folder))
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    return _tried(folder, lambda: export(home, folder, Selection(), Exporting(now)))


def _tried(folder: Path, act: Callable[[], object]) -> dict[str, object]:
    before = set(folder.iterdir())
    try:
        act()
    except KnownFailure as failure:
        return {
            "code": str(failure.code),
            "left": sorted(str(file) for file in set(folder.iterdir()) - before),
        }
    return {"code": None}


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*(Path(word) for word in sys.argv[1:4]), sys.argv[4])))
