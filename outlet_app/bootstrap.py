"""Where the parts are put together from the settings; the parts themselves know no settings."""

from pathlib import Path
from typing import TYPE_CHECKING

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.bitmap import Channels, PixelOrder, Rows
from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.library_files import is_there
from outlet_app.reader.reloaded_catalogue import ReloadedCatalogue
from outlet_app.settings import Settings

if TYPE_CHECKING:
    from outlet_app.reader.photo_viewer import PhotoViewer


def reader_catalogue(settings: Settings) -> Catalogue:
    """Reader families of the program and, after them, those of this site.

    KnownFailure DRIVER_FILE_MALFORMED names file and key.
    """
    return load_catalogue(_driver_folders(settings))


def watched_catalogue(settings: Settings) -> ReloadedCatalogue:
    """The same families, as they are at each asking; KnownFailure as above when they are wrong now."""
    return ReloadedCatalogue(lambda: reader_catalogue(settings), _driver_folders(settings))


def reader_command(settings: Settings, port: str | None = None) -> list[str]:
    """Command line of the reader process for a ReaderStation; ``port`` None is the one of the settings."""
    command = [settings.reader_python, "-P", "-m", "outlet_app"]
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
        "--may-restart",
    ]


def photo_viewer(settings: Settings) -> "PhotoViewer":
    """The door for photos, with the maker's decoder where the settings name one.

    A library that is not there does not close the counter: photos are not
    shown, and the log says why. ``check_portrait_library`` is for the technician.
    """
    from outlet_app.reader.photo_viewer import PhotoViewer  # noqa: PLC0415 - only the window shows photos
    from outlet_app.reader.vendor_decoder import VendorDecoder  # noqa: PLC0415 - as above

    library = settings.portrait_library
    if library is None:
        return PhotoViewer()
    order = PixelOrder(Rows(settings["portrait.rows"]), Channels(settings["portrait.channels"]))
    return PhotoViewer(VendorDecoder(library, str(settings["portrait.signature"]), order))


def check_portrait_library(settings: Settings) -> None:
    """KnownFailure SETTINGS_MALFORMED when the photo decoder of the settings is no file."""
    library = settings.portrait_library
    if library is not None and not is_there(library):
        raise KnownFailure(FailureCode.SETTINGS_MALFORMED, f"portrait.library: {library} is no file")


def check_reader_python(settings: Settings) -> None:
    """KnownFailure SETTINGS_MALFORMED when the Python of the reader process is no file."""
    if not is_there(Path(settings.reader_python)):
        raise KnownFailure(
            FailureCode.SETTINGS_MALFORMED, f"reader.python: {settings.reader_python} is no file"
        )


def check_scan_folder(settings: Settings) -> None:
    """KnownFailure SETTINGS_MALFORMED when the scanner's folder of the settings is no folder."""
    folder = settings.scan_folder
    if folder is not None and not _is_folder(folder):
        raise KnownFailure(FailureCode.SETTINGS_MALFORMED, f"scan.folder: {folder} is no folder")


def _driver_folders(settings: Settings) -> list[Path]:
    folders = [driver_folder()]
    if settings.site_drivers is not None:
        folders.append(_existing(settings.site_drivers))
    return folders


def _existing(folder: Path) -> Path:
    if not _is_folder(folder):
        raise KnownFailure(FailureCode.SETTINGS_MALFORMED, f"reader.drivers: {folder} is no folder")
    return folder


def _is_folder(place: Path) -> bool:
    """False too for a name that no folder can have."""
    try:
        return place.is_dir()
    except OSError:
        return False
