"""What a card on the reader shows: times, the same bytes again, a card that stays, one that goes."""

import time

from outlet_app.domain.failures import KnownFailure
from outlet_app.reader.ports import SDT
from outlet_app.reader.session import ReaderSession
from tests.hardware.bench import Bench, DoesNotApplyError, found, read_once, said, timed
from tests.hardware.evidence import Facts

_LOOKS = 5


def times(bench: Bench) -> Facts:
    """Find, select and read, the module reset between two reads."""
    find_s, select_s, read_s, answers = [], [], [], []
    with bench.session() as session:
        for _ in range(bench.reads):
            find_s.append(found(session))
            select_s.append(timed(session.select)[1])
            answer, took_s = timed(session.read)
            read_s.append(took_s)
            answers.append(answer)
            session.reset()
    assert len({each.answer for each in answers}) == 1, "the same card gave other bytes"
    return {
        "reads": len(answers),
        "find_s": [*find_s],
        "select_s": [*select_s],
        "read_s": [*read_s],
        "answer_bytes": len(answers[0].answer),
        "text_bytes": len(answers[0].text_block),
        "photo_bytes": len(answers[0].photo),
        "same_bytes_each_time": True,
    }


def lifted_and_laid(bench: Bench) -> Facts:
    with bench.session() as session:
        first = read_once(session)
        bench.lift()
        finds_nothing = said(session.find)
        bench.lay()
        again = read_once(session)
    assert again.answer == first.answer, "the same card gave other bytes"
    return {
        "find_after_lifting": finds_nothing,
        "same_bytes": True,
        "marked_as_in_place": again.read_in_place,
    }


def stays(bench: Bench) -> Facts:
    """What find says of a card that was read and was not lifted."""
    with bench.session() as session:
        read_once(session)
        looks = [_look(session) for _ in range(_LOOKS)]
        facts: Facts = {"finds_of_a_card_that_was_read": [*looks]}
        if "yes" in looks:
            session.select()
            facts["marked_as_in_place"] = session.read().read_in_place
    return facts


def _look(session: ReaderSession) -> str:
    time.sleep(0.4)
    return said(session.find)


def taken_away(bench: Bench) -> Facts:
    """A card that goes in the middle of a read, and the next one."""
    with bench.session() as session:
        found(session)
        bench.hand.take_away_soon()
        ended = said(lambda: _selected_and_read(session))
        bench.card_lies = False
        facts: Facts = {
            "the_read_ended_in": ended,
            "the_hand_was_in_time": ended != "done",
            "find_before_a_reset": said(session.find),
            "reset": said(session.reset),
            "find_after_a_reset": said(session.find),
        }
        assert ended in {"done", "card-removed", "card-read-failed"}, ended
        bench.lay()
        facts["the_next_read_bytes"] = len(read_once(session).answer)
    return facts


def _selected_and_read(session: ReaderSession) -> int:
    session.select()
    return len(session.read().answer)


def unplugged(bench: Bench) -> Facts:
    """The reader pulled out and plugged in again while it is open."""
    if bench.port.scheme == SDT:
        raise DoesNotApplyError("a library has to be opened anew in a process of its own")
    with bench.session() as session:
        found(session)
        bench.hand.unplug()
        ended, until_told_s = timed(lambda: _until_told(bench, session.find))
    bench.hand.plug()
    session, back_s = timed(bench.back)
    try:
        bench.lay()
        length = len(read_once(session).answer)
    finally:
        session.close()
    return {"told_as": ended, "told_after_s": until_told_s, "back_after_s": back_s, "next_read_bytes": length}


def _until_told(bench: Bench, find: object) -> str:
    """Code with which an absent reader is told; the first failure."""
    assert callable(find)
    for _ in range(20):
        try:
            find()
        except KnownFailure as failure:
            return str(failure.code)
        time.sleep(0.1)
    raise AssertionError(f"{bench.port}: nothing tells that the reader is gone")
