"""One whole registration through the real window, driven by real input events."""

from collections.abc import Callable
from pathlib import Path

from outlet_app.sync.enrolling import enrol
from outlet_app.ui.app import Kiosk
from outlet_app.ui.rehearsal import Rehearsal, RehearsalScript, run_rehearsal
from tests.operator_fixture import OperatorUnderTest
from tests.ui.conftest import CLERK, ICCID, NUMBER, PIN, SimulatedReader, now, until


def test_a_card_becomes_an_accepted_record(
    open_kiosk: Callable[..., Kiosk],
    simulated_reader: SimulatedReader,
    own_operator: OperatorUnderTest,
    tmp_path: Path,
) -> None:
    home = tmp_path / "outlet"
    enrol(home, own_operator.url, own_operator.code(own_operator.outlet()), now)
    kiosk = open_kiosk(home, simulated_reader)
    ended: list[Rehearsal] = []
    script = RehearsalScript(
        CLERK,
        PIN,
        NUMBER,
        ICCID,
        lay_card=lambda: simulated_reader.tell("lay sample"),
        lift_card=lambda: simulated_reader.tell("lift"),
    )
    rehearsal = run_rehearsal(kiosk, script, tmp_path / "pictures", ended.append)
    until(lambda: ended, within_s=90.0)
    assert rehearsal.succeeded, rehearsal.stuck_at
    held = [record for record in own_operator.records(reveal=True) if record["number"] == NUMBER]
    assert [(record["state"], record["channel"], record["iccid"]) for record in held] == [
        ("accepted", "counter", ICCID)
    ]
    taken = {picture.stem for picture in (tmp_path / "pictures").iterdir()}
    assert {"sign-in", "home", "review", "service", "done-kept", "done", "records"} <= taken


def test_a_refusal_ends_the_rehearsal_and_says_why(
    open_kiosk: Callable[..., Kiosk],
    simulated_reader: SimulatedReader,
    own_operator: OperatorUnderTest,
    tmp_path: Path,
) -> None:
    home = tmp_path / "outlet"
    enrol(home, own_operator.url, own_operator.code(own_operator.outlet()), now)
    for turn in range(2):
        kiosk = open_kiosk(home, simulated_reader)
        script = RehearsalScript(
            CLERK, PIN, NUMBER, ICCID, lay_card=lambda: simulated_reader.tell("lay sample")
        )
        ended: list[Rehearsal] = []
        rehearsal = run_rehearsal(kiosk, script, None, ended.append)
        until(lambda: ended, within_s=90.0)  # noqa: B023 - this turn's own
        kiosk.end()
        simulated_reader.tell("lift")
        assert rehearsal.succeeded is (turn == 0)
    assert rehearsal.stuck_at == "the operator's receipt: refused, number-taken"
