"""The campaign of bundles in small: the same code, the same verdict."""

from pathlib import Path

from campaigns.bundle.run import run_campaign


def test_records_go_there_and_back_and_no_turned_byte_is_taken(tmp_path: Path) -> None:
    verdict = run_campaign(tmp_path, 24, 40, 7)

    assert verdict.wrong == []
    assert verdict.refused.total() == 40
    assert set(verdict.refused) <= {"bundle-damaged", "not-a-bundle"}
    assert len(verdict.journeys) == 6
