"""Settings: where they come from, and what a slip in the file is called."""

import json
import os
from pathlib import Path

import pytest

from outlet_app.settings import load_settings
from outlet_app.sync.link_limits import UNLIMITED, LinkLimits
from outlet_app.sync.sending_hours import SendingHours
from tests.cli.conftest import Outlet

NOBODY = 65534


def shown(outlet: Outlet, *words: str) -> dict[str, tuple[object, str]]:
    rows = json.loads(outlet("config", "show", "--json", *words).out)
    return {row["key"]: (row["value"], row["origin"]) for row in rows}


def test_without_a_file_everything_is_built_in(outlet: Outlet) -> None:
    settings = shown(outlet)
    assert settings.pop("OUTLET_HOME") == (os.environ["OUTLET_HOME"], "OUTLET_HOME")
    assert {origin for _, origin in settings.values()} == {"default"}
    assert settings["reader.port"] == ("auto", "default")
    assert outlet("config", "check").code == 0


def test_a_data_folder_that_lets_nobody_look_is_named(
    outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program was started once with other rights, and the folder is another user's now."""
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    monkeypatch.setenv("OUTLET_HOME", str(theirs))
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    else:
        theirs.chmod(0)
    try:
        ran = outlet("queue", "status", "--json")
    finally:
        if is_root:
            os.seteuid(0)
        theirs.chmod(0o700)
    assert ran.code == 11
    assert json.loads(ran.out)["error"]["code"] == "storage-read-only"
    monkeypatch.setenv("OUTLET_HOME", str(tmp_path / ("n" * 300)))
    ran = outlet("queue", "status", "--json")
    assert (ran.code, json.loads(ran.out)["error"]["code"]) == (11, "storage-failed")


def test_a_value_names_the_file_and_line_it_came_from(outlet: Outlet, tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('# here\nlanguage = "en"\n[reader]\n\nport = "tcp:10.0.0.7:4001"\n')
    settings = shown(outlet, "--config", str(file))
    assert settings["language"] == ("en", f"{file}:2")
    assert settings["reader.port"] == ("tcp:10.0.0.7:4001", f"{file}:5")
    assert settings["log.level"] == ("info", "default")
    assert f"{file}:5" in outlet("config", "show", "--config", str(file)).out


def test_command_line_then_environment_then_data_folder(
    outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(os.environ["OUTLET_HOME"])
    home.mkdir()
    files = [home / "outlet.toml", tmp_path / "environment.toml", tmp_path / "line.toml"]
    for number, file in enumerate(files):
        file.write_text(f'reader.port = "tcp:10.0.0.{number}:1"\n')
    assert shown(outlet)["reader.port"] == ("tcp:10.0.0.0:1", f"{files[0]}:1")
    monkeypatch.setenv("OUTLET_CONFIG", str(files[1]))
    assert shown(outlet)["reader.port"] == ("tcp:10.0.0.1:1", f"{files[1]}:1")
    assert shown(outlet, f"--config={files[2]}")["reader.port"] == ("tcp:10.0.0.2:1", f"{files[2]}:1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("language = \n", "line 1"),
        ('\nlanguage = "fr"', 'line 2, language: must be "auto", "zh_CN" or "en"'),
        ('[reader]\nport = ""', "line 2, reader.port: must be a port"),
        ("[reader]\nport = 3", "line 2, reader.port: must be a port"),
        ('[reader]\nport = "ttyUSB0"', "line 2, reader.port: must be a port"),
        ('[reader]\n\nprot = "auto"', "line 3, reader.prot: there is no such setting"),
        ("[raeder]\n", "line 1, raeder: there is no such setting"),
        ("reader = 1", "line 1, reader: there is no such setting"),
        ('log.traffic = "yes"', "line 1, log.traffic: must be true or false"),
        ("[log]\ntraffic = { on = true }", "line 2, log.traffic.on: there is no such setting"),
        ("language = 1\nlanguage = 2\n", "line 2"),
        ('[sync]\nhours = "22-6"', 'line 2, sync.hours: must be hours in China as "HH:MM-HH:MM"'),
        ("sync.hours = 22", "line 1, sync.hours: must be hours in China"),
        ('sync.hours = "10:00-10:00"', "line 1, sync.hours: must be hours in China"),
        ("sync.most_mb_a_day = 1", "line 1, sync.most_mb_a_day: must be a whole number of megabytes from 2"),
        ("sync.most_mb_a_day = 2.5", "line 1, sync.most_mb_a_day: must be a whole number"),
        ("sync.most_mb_a_day = true", "line 1, sync.most_mb_a_day: must be a whole number"),
        ("sync.most_kbit_s = 31", "line 1, sync.most_kbit_s: must be a whole number of kilobits a second"),
        ("sync.most_kbit_s = -64", "line 1, sync.most_kbit_s: must be a whole number"),
        ('sync.most_kbit_s = "64"', "line 1, sync.most_kbit_s: must be a whole number"),
    ],
)
def test_a_slip_is_named_by_file_line_and_key(outlet: Outlet, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "slip.toml"
    file.write_text(text)
    for line in (["config", "check"], ["reader", "list"]):
        ran = outlet(*line, "--json", "--config", str(file))
        assert (ran.code, ran.error) == (2, "settings-malformed")
        assert str(file) in ran.json["error"]["what"]
        assert said in ran.json["error"]["what"]


def test_the_limits_of_a_metered_line_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    assert load_settings(None, {"OUTLET_HOME": str(tmp_path / "none")}).link_limits == UNLIMITED
    file.write_text('[sync]\nhours = "22:00-06:00"\nmost_mb_a_day = 20\nmost_kbit_s = 64\n')
    hours = SendingHours(((0, 360), (1320, 1440)))
    assert load_settings(file, {}).link_limits == LinkLimits(hours, 20_000_000, 8_000)


def test_a_file_that_was_asked_for_must_be_there(
    outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = outlet("config", "check", "--json", "--config", str(tmp_path / "missing.toml"))
    assert (ran.code, ran.error) == (2, "settings-malformed")
    monkeypatch.setenv("OUTLET_CONFIG", str(tmp_path / "missing.toml"))
    assert outlet("config", "check", "--json").error == "settings-malformed"


def test_a_file_that_is_no_text_is_malformed(outlet: Outlet, tmp_path: Path) -> None:
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe\x00")
    assert outlet("config", "check", "--json", "--config", str(file)).error == "settings-malformed"


def test_a_file_with_the_mark_that_windows_editors_put_in_front_is_read(
    outlet: Outlet, tmp_path: Path
) -> None:
    file = tmp_path / "marked.toml"
    file.write_text('\ufefflanguage = "en"\n', encoding="utf-8")
    assert shown(outlet, "--config", str(file))["language"] == ("en", f"{file}:1")


def test_a_file_that_is_too_deep_or_holds_a_number_too_long_is_malformed(
    outlet: Outlet, tmp_path: Path
) -> None:
    file = tmp_path / "deep.toml"
    for text in (f"language = {'[' * 5000}{']' * 5000}", f"language = {'9' * 5000}"):
        file.write_text(text)
        assert outlet("config", "check", "--json", "--config", str(file)).error == "settings-malformed"


@pytest.mark.parametrize("place", ["~nobody-of-this-name/place", "/opt/" + "x" * 5000])
@pytest.mark.parametrize("key", ["reader.drivers", "reader.python", "portrait.library", "scan.folder"])
def test_a_place_that_cannot_be_is_named_with_its_key(
    outlet: Outlet, tmp_path: Path, key: str, place: str
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(f'{key} = "{place}"\n')
    ran = outlet("config", "check", "--json", "--config", str(file))
    assert (ran.code, ran.error) == (2, "settings-malformed")
    assert f"{key}: " in ran.json["error"]["what"]


def test_an_empty_section_is_fine(outlet: Outlet, tmp_path: Path) -> None:
    file = tmp_path / "empty.toml"
    file.write_text("[reader]\n[log]\n")
    assert outlet("config", "check", "--json", "--config", str(file)).json == {"ok": True, "file": str(file)}


def test_a_site_folder_that_does_not_exist_is_named(outlet: Outlet, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(f'[reader]\ndrivers = "{tmp_path / "nowhere"}"\n')
    ran = outlet("reader", "list", "--json", "--config", str(file))
    assert (ran.code, ran.error) == (2, "settings-malformed")


def test_a_slip_in_a_drivers_file_is_named(outlet: Outlet, tmp_path: Path) -> None:
    family = tmp_path / "site" / "ours"
    family.mkdir(parents=True)
    (family / "driver.toml").write_text('title = "x"\ntransport = "pigeon"\n')
    file = tmp_path / "site.toml"
    file.write_text(f'[reader]\ndrivers = "{family.parent}"\n')
    for line in (["reader", "list"], ["config", "check"]):
        ran = outlet(*line, "--json", "--config", str(file))
        assert (ran.code, ran.error) == (2, "driver-file-malformed")
        assert "transport" in ran.json["error"]["what"]


def test_nothing_is_written_for_a_command_that_has_nothing_to_log(outlet: Outlet) -> None:
    assert outlet("config", "show").code == 0
    assert not Path(os.environ["OUTLET_HOME"]).exists()


def test_a_scanners_folder_that_is_not_there_is_named(outlet: Outlet, tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    for folder, code in ((tmp_path, 0), (tmp_path / "missing", 2), (file, 2)):
        file.write_text(f'scan.folder = "{folder}"\n')
        ran = outlet("config", "check", "--config", str(file))
        assert ran.code == code
        assert code == 0 or str(folder) in ran.err
