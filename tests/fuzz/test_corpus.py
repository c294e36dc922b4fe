from pathlib import Path

import pytest

from campaigns.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(CORPUS.glob("*/*"))


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_what_was_worth_keeping_raises_nothing(case: Path) -> None:
    TARGETS[case.parent.name](case.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_nor_does_any_beginning_of_it_with_one_bit_turned(case: Path) -> None:
    target, data = TARGETS[case.parent.name], case.read_bytes()
    for step in range(24):
        at = step * len(data) // 24
        target(data[:at] + bytes([data[at] ^ (1 << step % 8)]))
        target(data[:at] + bytes([data[at] ^ (1 << step % 8)]) + data[at + 1 :])
