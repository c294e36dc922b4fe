"""Driver files that come while the reader process runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader import reloaded_catalogue
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.reloaded_catalogue import ReloadedCatalogue
from outlet_app.reader.simulator.simulate import Simulator
from tests.reader_process.conftest import Watch

FAMILY = """title = "Reader of this site"
transport = "serial"
form = "frames"
order = 1
source = "its label"
confidence = "one-source"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloaded_catalogue, "LOOK_S", 0.0)


def _put(site: Path, name: str, text: str) -> Path:
    file = site / name / "driver.toml"
    file.parent.mkdir(exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text(text)
    beside.replace(file)
    return file


def _names(catalogue: ReloadedCatalogue) -> set[str]:
    return {driver.name for driver in catalogue().drivers}


def _reloaded(site: Path) -> ReloadedCatalogue:
    return ReloadedCatalogue(lambda: load_catalogue([driver_folder(), site]), [driver_folder(), site])


def test_a_file_added_while_the_process_runs_is_taken_up(
    watch: Watch, reader: Simulator, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "outlet.toml"
    settings.write_text(f'[reader]\ndrivers = "{site}"\n')
    monkeypatch.setenv("OUTLET_CONFIG", os.fspath(settings))
    watching = watch("--port", reader.port_text)
    assert watching.until("ready")["driver"] == "serial-module"
    _put(site, "wrong", "title = 1")
    _put(site, "our-module", FAMILY)
    (site / "wrong" / "driver.toml").unlink()
    assert watching.until("ready")["driver"] == "our-module"
    reader.lay("resident-id")
    document = watching.until("document")
    assert document["card"]["provenance"]["driver"] == "our-module"
    # with a card of which it is not known whether it lies there still, nothing is opened anew
    _put(site, "our-module", FAMILY.replace("order = 1", "order = 2"))
    reader.lift()
    reader.lay("sample-blank")
    told: list[str] = []
    while not told or told[-1] != "document":
        told.append(watching.next()["event"])
    assert "ready" not in told
    assert watching.process.poll() is None


@pytest.mark.usefixtures("at_once")
def test_files_that_come_change_and_go_are_taken_up(site: Path) -> None:
    catalogue = _reloaded(site)
    before = catalogue()
    assert catalogue() is before
    file = _put(site, "ours", FAMILY)
    assert _names(catalogue) == {driver.name for driver in before.drivers} | {"ours"}
    _put(site, "ours", FAMILY.replace("of this site", "of that site"))
    assert [d.title for d in catalogue().drivers if d.name == "ours"] == ["Reader of that site"]
    file.unlink()
    assert "ours" not in _names(catalogue)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda site: _put(site, "ours", "title = 1"),
        lambda site: _put(site, "other", "title = "),
    ],
)
def test_a_wrong_file_leaves_the_families_as_they_were_until_it_is_mended(
    site: Path, spoil: Callable[[Path], Path], caplog: pytest.LogCaptureFixture
) -> None:
    _put(site, "ours", FAMILY)
    catalogue = _reloaded(site)
    before = catalogue()
    spoiled = spoil(site)
    assert catalogue() is before
    assert catalogue() is before
    [record] = caplog.records
    assert os.fspath(spoiled) in record.getMessage()
    _put(site, spoiled.parent.name, FAMILY.replace("of this site", "mended"))
    assert any(driver.title == "Reader mended" for driver in catalogue().drivers)


def test_a_file_that_is_wrong_from_the_start_is_a_failure(site: Path) -> None:
    _put(site, "ours", "title = 1")
    with pytest.raises(KnownFailure) as caught:
        _reloaded(site)
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED


def test_the_folders_are_not_looked_at_at_every_asking(site: Path) -> None:
    catalogue = _reloaded(site)
    before = catalogue()
    _put(site, "ours", FAMILY)
    assert catalogue() is before
