"""A maker's library built with the system's compiler, and the folder that is its reader."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from outlet_app.reader.catalogue import Catalogue, load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.wiped_folder import PREFIX
from outlet_app.reader.write_fence import fence_version

SOURCE = Path(__file__).parent / "sdt.c"


@dataclass
class SdtStage:
    """``folder`` is the reader, ``temporary`` the place for temporary files of who uses it."""

    library: Path
    folder: Path
    temporary: Path
    site: Path
    _laid: int = 0

    @property
    def port(self) -> str:
        return f"sdt:{self.library}?port=1001"

    @property
    def catalogue(self) -> Catalogue:
        return load_catalogue([driver_folder(), self.site])

    def lay(self, behaviour: str) -> None:
        """A new card, whole at once. Earlier ones are kept aside, so that each has an inode of its own."""
        self._laid += 1
        card = self.folder / f"next-{self._laid}"
        card.write_text(behaviour)
        if (self.folder / "card").exists():
            (self.folder / "card").rename(self.folder / f"was-{self._laid}")
        card.rename(self.folder / "card")

    def lift(self) -> None:
        (self.folder / "card").unlink()

    def say(self, name: str, *, true: bool = True) -> None:
        """Set or clear a flag of the library: ``away``, ``not-authorised``."""
        if true:
            (self.folder / name).touch()
        else:
            (self.folder / name).unlink()

    def left_behind(self) -> list[str]:
        """Private folders still there; files elsewhere, where the system can fence the library in."""
        strays = [*self.temporary.glob(f"{PREFIX}*"), *Path.cwd().glob("*.bmp")]
        if fence_version():
            strays += [*self.folder.glob("leak*"), *Path(os.environ["HOME"]).glob("leak*")]
        return [each.name for each in strays]


def build(place: Path, *options: str) -> SdtStage:
    """Library, reader and a family of the site with short waits, below ``place``."""
    stage = SdtStage(place / "libmaker.so", place / "stage", place / "tmp", place / "site")
    for folder in (stage.folder, stage.temporary, stage.site / "maker"):
        folder.mkdir(parents=True)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-w", *options, "-o", stage.library, SOURCE], check=True
    )
    (stage.site / "maker" / "driver.toml").write_text(
        'title = "A maker\'s reader"\ntransport = "sdt"\nform = "library"\n'
        'source = "its maker"\nconfidence = "one-source"\n'
        f'[library]\npaths = ["{stage.library}"]\nports = [1001, 1002, 1]\n[waits]\nread_s = 0.7\n'
    )
    return stage
