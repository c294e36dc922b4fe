"""Where the parts are put together from the settings; the parts themselves know no settings."""

import sys
from pathlib import Path

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.settings import Settings


def reader_catalogue(settings: Settings) -> Catalogue:
    """Reader families of the program and, after them, those of this site.

    KnownFailure DRIVER_FILE_MALFORMED names file and key.
    """
    folders = [driver_folder()]
    if settings.site_drivers is not None:
        folders.append(_existing(settings.site_drivers))
    return load_catalogue(folders)


def reader_command(settings: Settings, port: str | None = None) -> list[str]:
    """Command line of the reader process for a ReaderStation; ``port`` None is the one of the settings."""
    command = [sys.executable, "-P", "-m", "outlet_app"]
    if settings.file is not None:
        command += ["--config", str(settings.file)]
    return [
        *command,
        "reader",
        "watch",
        "--port",
        port or settings.reader_port,
        "--reveal",
        "--raw",
        "--json",
    ]


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise KnownFailure(FailureCode.SETTINGS_MALFORMED, f"reader.drivers: {folder} is no folder")
    return folder
