"""What a session with a reader has shown: times, lengths, codes and yes or no, never what is on a card."""

import json
import platform
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from outlet_app import __version__
from outlet_app.domain.timestamps import to_text

Plain = bool | int | float | str | None
Fact = Plain | list[Plain]
Facts = dict[str, Fact]

_LONGEST_TEXT = 120
_PLAIN_TEXT = re.compile(r"[\x20-\x7e]*")
"""Names, addresses and the like are not written in these characters; nothing else gets in by mistake."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One check: ``outcome`` is ``shown``, ``does not apply`` or a failure code."""

    check: str
    why: str
    outcome: str
    seconds: float
    facts: Facts


@dataclass(slots=True)
class Evidence:
    """All checks of one session with one reader, written anew after each."""

    folder: Path
    port: str
    begun: str = field(default_factory=lambda: to_text(datetime.now(UTC)))
    shown: list[Shown] = field(default_factory=list)

    def note(self, shown: Shown) -> None:
        """Keep one check and write everything so far; ValueError for a fact that could be of a person."""
        for name, fact in shown.facts.items():
            for each in fact if isinstance(fact, list) else [fact]:
                if isinstance(each, str) and not (len(each) <= _LONGEST_TEXT and _PLAIN_TEXT.fullmatch(each)):
                    raise ValueError(f"{name} is not for the evidence")
        self.shown.append(shown)
        self._write()

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = {
            "port": self.port,
            "begun": self.begun,
            "program": __version__,
            "system": platform.platform(),
            "checks": [asdict(each) for each in self.shown],
        }
        text = json.dumps(whole, indent=1, ensure_ascii=True)
        (self.folder / "evidence.json").write_text(text + "\n", encoding="ascii")
        (self.folder / "evidence.txt").write_text(self._as_text(), encoding="ascii")

    def _as_text(self) -> str:
        lines = [f"{self.port}, {self.begun}, outlet {__version__}, {platform.platform()}"]
        for each in self.shown:
            lines += ["", f"{each.check}: {each.outcome} ({each.seconds:.1f} s)", f"  why: {each.why}"]
            lines += [f"  {name.replace('_', ' ')}: {_words(fact)}" for name, fact in each.facts.items()]
        return "\n".join(lines) + "\n"


def free_folder(folder: Path, name: str) -> Path:
    """The folder; one below it by that name where evidence of an earlier session lies."""
    return folder / name if (folder / "evidence.json").exists() else folder


def _words(fact: Fact) -> str:
    if isinstance(fact, list):
        return ", ".join(map(_words, fact))
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return f"{fact:.3f}" if isinstance(fact, float) else str(fact)
