"""A transport is one file and one line; the file is raw_device.py beside this one."""

from pathlib import Path

import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.ports import parse_port
from outlet_app.reader.transports import LINKS
from outlet_app.settings import load_settings
from tests.reader.reads import read_at
from tests.reader.scripted_module import ScriptedModule

FAMILY = (
    'title = "A raw device"\ntransport = "raw"\nform = "frames"\n'
    'source = "these tests"\nconfidence = "own-choice"\n'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    family = tmp_path / "site" / "raw-device" / "driver.toml"
    family.parent.mkdir(parents=True)
    family.write_text(FAMILY)
    return family.parent.parent


@pytest.fixture
def one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LINKS, "raw", "tests.reader.raw_device")


@pytest.mark.usefixtures("one_line")
def test_a_card_is_read_over_a_transport_that_was_added(
    module: ScriptedModule, site: Path, tmp_path: Path
) -> None:
    catalogue = load_catalogue([driver_folder(), site])
    card = read_at(f"raw:{module.device}", catalogue)
    assert card.provenance.driver == "raw-device"
    assert card.provenance.port == f"raw:{module.device}"
    assert card.provenance.sam_number == "05.03-20101010-0001234567-1234567890"
    assert card.timing.wire_ms is None
    settings = tmp_path / "outlet.toml"
    settings.write_text(f'[reader]\nport = "raw:{module.device}"\n')
    assert load_settings(settings).reader_port == f"raw:{module.device}"


@pytest.mark.usefixtures("one_line")
def test_without_a_family_nothing_is_opened(module: ScriptedModule) -> None:
    with pytest.raises(KnownFailure) as caught:
        read_at(f"raw:{module.device}", load_catalogue())
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED
    assert module.heard == []


def test_before_that_line_its_ports_and_files_are_mistakes(site: Path) -> None:
    with pytest.raises(KnownFailure) as caught:
        parse_port("raw:/dev/x")
    assert caught.value.code is FailureCode.ARGUMENT_WRONG
    with pytest.raises(KnownFailure) as caught:
        load_catalogue([site])
    assert caught.value.code is FailureCode.DRIVER_FILE_MALFORMED
