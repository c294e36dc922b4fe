"""Files beside the database that hold what it held: set aside as damaged, or kept from before a migration."""

from pathlib import Path

from outlet_app.store import backups, rescue_notice


def kept_files(home: Path) -> list[Path]:
    """All of them, oldest first by name; forgetting does not reach into them."""
    folders = (home / rescue_notice.FOLDER, home / backups.FOLDER)
    return [file for folder in folders for file in sorted(folder.glob("*.db*"))]
