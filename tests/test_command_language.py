"""Both command lines speak the language in force: help, click's own words, wrong use and failures."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from outlet_app.i18n import install_command_language

PROGRAMS = {"outlet": "outlet_app.cli.main", "operator-backend": "operator_backend.cli.main"}
"""Module of each program, by its name."""
FAILING = {
    "outlet": ["enrol", "--server", "http://registration.example.com", "--code", "y"],
    "operator-backend": ["list", "--data", "no-such-folder"],
}
"""What each refuses without any preparation."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def helps(command: click.Command, place: str) -> Iterator[tuple[str, str]]:
    """Place and text of every help, from here down to the last option."""
    context = click.Context(command)
    yield place, command.help or ""
    for option in command.get_params(context):
        if isinstance(option, click.Option):
            yield f"{place} {option.opts[0]}", option.help or ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from helps(found, f"{place} {name}")


def ran(*words: str, lang: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Python in a process of its own: what is imported asks for its texts once."""
    named = ("LANGUAGE", "LC_ALL", "LC_MESSAGES")
    kept = {name: value for name, value in os.environ.items() if name not in named}
    return subprocess.run(
        [sys.executable, *words],
        cwd=Path(__file__).parents[1],
        env={**kept, "PYTHONUTF8": "1", "LANG": lang, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def said(program: str, *words: str, lang: str, **environ: str) -> str:
    start = f"import sys; from {PROGRAMS[program]} import run; sys.exit(run())"
    done = ran("-c", start, *words, lang=lang, **environ)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def write_helps(module: str) -> None:
    """In the process below: every help text of a program, as one JSON object."""
    install_command_language("auto")
    program = importlib.import_module(module).program()
    json.dump(dict(helps(program, "")), sys.stdout)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(("lang", "is_chinese"), [("zh_CN.UTF-8", True), ("C.UTF-8", False)])
def test_every_command_and_option_has_help_in_the_language(program: str, lang: str, is_chinese: bool) -> None:
    start = f"from {__name__} import write_helps; write_helps({PROGRAMS[program]!r})"
    done = ran("-c", start, lang=lang)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) > 30
    assert {place: text for place, text in found.items() if bool(CHINESE.search(text)) != is_chinese} == {}


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_wrong_use_and_failures_are_chinese_throughout(program: str) -> None:
    shown = said(program, "--help", lang="zh_CN.UTF-8")
    for heading in ("用法:", "选项:", "命令:", "显示此帮助后退出。"):
        assert heading in shown
    assert "没有命令 'nonsense'。" in said(program, "nonsense", lang="zh_CN.UTF-8")
    for line in said(program, *FAILING[program], lang="zh_CN.UTF-8").splitlines()[:2]:
        assert CHINESE.search(line), line


def test_the_language_of_the_settings_holds_for_clicks_words_too(tmp_path: Path) -> None:
    file = tmp_path / "outlet.toml"
    for wanted, lang, words in (("en", "zh_CN.UTF-8", "No such command"), ("zh_CN", "C.UTF-8", "没有命令")):
        file.write_text(f'language = "{wanted}"\n', encoding="utf-8")
        assert words in said("outlet", "nonsense", lang=lang, OUTLET_CONFIG=str(file), LANGUAGE="zh_CN:en")


def test_what_is_wrong_before_the_settings_are_known_is_in_the_language_of_the_environment() -> None:
    assert "设置文件有错误。" in said(
        "outlet", "--config", "no-such-file", "config", "show", lang="zh_CN.UTF-8"
    )
