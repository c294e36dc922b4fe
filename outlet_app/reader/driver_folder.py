"""Where the driver families lie: beside the package in a source tree, inside it when installed."""

from pathlib import Path

import outlet_app


def driver_folder() -> Path:
    """Folder that holds one folder a driver family."""
    package = Path(outlet_app.__file__).parent
    installed = package / "_drivers"
    return installed if installed.is_dir() else package.parent / "drivers"
