"""A maker's decoder, built from C, and a place for temporary files that is looked through afterwards."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from outlet_app.reader.portrait import Portrait
from outlet_app.reader.vendor_decoder import VendorDecoder

PHOTO = bytes.fromhex("574C66007E00") + bytes((7 * at * at + at) % 251 for at in range(1018))
"""As long as a card's photo and nobody's; its bytes are looked for in everything that is left."""

EXPECTED = Portrait(
    102,
    126,
    bytes(value for row in range(126) for column in range(102) for value in (2 * row, 2 * column, 7)),
)
"""What the library of vendor.c makes of any photo."""

Behave = Callable[..., VendorDecoder]


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One library a form, by the name of its function."""
    folder = tmp_path_factory.mktemp("vendor")
    built = {}
    for name in ("GetBmp", "unpack", "wlt2bmp"):
        built[name] = folder / f"lib{name}.so"
        source = Path(__file__).with_name("vendor.c")
        form = f"-DFORM_{name.upper()}"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", form, "-o", built[name], source],
            check=True,
        )
    return built


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's place for temporary files, of this test alone; neither file nor process is left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    assert sorted(folder.rglob("*")) == []
    places = [each.info["cwd"] or "" for each in psutil.process_iter(["cwd"])]
    assert [each for each in places if each.startswith(str(folder))] == []


@pytest.fixture
def behave(libraries: dict[str, Path], place: Path, monkeypatch: pytest.MonkeyPatch) -> Behave:
    """Makes the decoder of a form that behaves as named."""

    def make(act: str, form: str = "GetBmp", *, time_s: float = 10.0) -> VendorDecoder:
        monkeypatch.setenv("VENDOR_ACT", act)
        return VendorDecoder(libraries[form], time_s=time_s)

    return make
