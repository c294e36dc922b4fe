"""The door for photos: open format, maker's decoder, honest words, and folders that others left."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from outlet_app.bootstrap import check_portrait_library, photo_viewer
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.known_settings import SETTINGS
from outlet_app.reader.bitmap import Channels, PixelOrder, Rows
from outlet_app.reader.photo_viewer import PATIENCE, PhotoViewer
from outlet_app.reader.portrait_answer import Outcome
from outlet_app.reader.portrait_decoders import AUTO, SIGNATURES
from outlet_app.reader.simulator.cards import card
from outlet_app.reader.vendor_decoder import VendorDecoder
from outlet_app.reader.wiped_folder import PREFIX, wiped_folder
from outlet_app.settings import load_settings
from tests.portrait.conftest import EXPECTED, PHOTO, Behave


def test_a_simulated_face_and_a_makers_photo_come_through_one_door(behave: Behave) -> None:
    viewer = PhotoViewer(behave("good"))
    drawn = viewer.view(card("sample").photo)
    assert drawn.outcome is Outcome.SHOWN
    assert drawn.portrait is not None
    assert viewer.view(PHOTO).portrait == EXPECTED


def test_without_a_decoder_and_for_a_blank_photo_nothing_is_asked(behave: Behave) -> None:
    assert PhotoViewer().view(PHOTO).outcome is Outcome.NO_DECODER
    assert PhotoViewer(behave("good")).view(bytes(1024)).outcome is Outcome.NO_DECODER


def test_a_decoder_that_hangs_again_and_again_is_left_alone(behave: Behave) -> None:
    viewer = PhotoViewer(behave("hang", time_s=0.4))
    assert [viewer.view(PHOTO).out_of_time for _ in range(PATIENCE)] == [True] * PATIENCE
    assert viewer.view(PHOTO).outcome is Outcome.NO_DECODER


def test_a_decoder_that_is_well_again_is_trusted_again(
    behave: Behave, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = behave("hang", time_s=0.4)
    viewer = PhotoViewer(impatient)
    for _ in range(PATIENCE):
        monkeypatch.setenv("VENDOR_ACT", "hang")
        monkeypatch.setattr(viewer, "_decoder", impatient)
        assert viewer.view(PHOTO).out_of_time
        monkeypatch.setenv("VENDOR_ACT", "good")
        monkeypatch.setattr(viewer, "_decoder", replace(impatient, time_s=10))
        assert viewer.view(PHOTO).portrait == EXPECTED


def test_a_folder_whose_owner_died_is_wiped_and_others_are_left(place: Path) -> None:
    dead = place / f"{PREFIX}999999999-abc"
    before_the_power_cut = place / f"{PREFIX}{os.getpid()}-00000000-abc"
    with wiped_folder() as folder:
        alive = place / folder.name
    strange = place / f"{PREFIX}no-number"
    for folder in (dead, before_the_power_cut, alive, strange):
        folder.mkdir()
        (folder / "photo.wlt").write_bytes(PHOTO)
    link = place / f"{PREFIX}999999998-abc"
    link.symlink_to(alive)
    PhotoViewer(VendorDecoder(Path("/nowhere.so")))
    assert sorted(place.iterdir()) == sorted([alive, strange, link])
    for left in (alive, strange):
        (left / "photo.wlt").unlink()
        left.rmdir()
    link.unlink()


def test_a_folder_is_private_and_its_files_are_overwritten(place: Path) -> None:
    with wiped_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "photo.wlt").write_bytes(PHOTO)
        kept = (folder / "photo.wlt").open("rb")
    with kept:
        assert kept.read() == bytes(len(PHOTO))


def test_what_bears_another_name_elsewhere_is_not_overwritten(place: Path, tmp_path: Path) -> None:
    outside = tmp_path / "somebody's"
    outside.write_text("kept")
    with wiped_folder() as folder:
        (folder / "same").hardlink_to(outside)
        (folder / "link").symlink_to(outside)
    assert outside.read_text() == "kept"


def test_the_settings_name_library_function_and_order(tmp_path: Path) -> None:
    library, file = tmp_path / "lib.so", tmp_path / "outlet.toml"
    file.write_text(
        f'[portrait]\nlibrary = "{library}"\nsignature = "unpack"\nrows = "turned"\nchannels = "rgb"\n'
    )
    settings = load_settings(file)
    wanted = VendorDecoder(library, "unpack", PixelOrder(Rows.TURNED, Channels.RGB))
    assert photo_viewer(settings)._decoder == wanted
    with pytest.raises(KnownFailure) as failure:
        check_portrait_library(settings)
    assert failure.value.code is FailureCode.SETTINGS_MALFORMED
    assert str(library) in str(failure.value.detail)
    library.write_bytes(b"")
    check_portrait_library(settings)
    without = replace(settings, values={**settings.values, "portrait.library": ""})
    assert photo_viewer(without)._decoder is None


def test_the_settings_accept_exactly_what_the_reader_knows() -> None:
    setting = {each.key: each for each in SETTINGS}
    for key, known in (
        ("portrait.signature", [AUTO, *(signature.mark for signature in SIGNATURES)]),
        ("portrait.rows", list(Rows)),
        ("portrait.channels", list(Channels)),
    ):
        assert all(setting[key].accepts(str(each)) for each in known), key
        assert setting[key].must_be.count('"') == 2 * len(known)
        assert not setting[key].accepts("other")
    defaults = PixelOrder(
        Rows(setting["portrait.rows"].default), Channels(setting["portrait.channels"].default)
    )
    assert defaults == PixelOrder()
