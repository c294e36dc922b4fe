"""The reader is pulled out in the middle of a read: the counter says so, and goes on when it is back."""

import threading
from contextlib import closing
from pathlib import Path

from campaigns.crash.acting_clerk import Sale
from campaigns.crash.counter import CounterUnderTest


def test_the_next_card_is_read_without_a_restart(tmp_path: Path) -> None:
    with closing(CounterUnderTest(tmp_path / "counter")) as counter:
        lay, laid, timers = counter.reader.lay, [], []

        def pull_out_while_reading(name: str) -> None:
            laid.append(name)
            if len(laid) == 1:
                counter.reader.fault("slow@read:1")
                for after_s, act in ((1.0, counter.reader.unplug), (3.0, counter.reader.plug)):
                    timers.append(threading.Timer(after_s, act))
                    timers[-1].start()
            lay(name)

        counter.lay = pull_out_while_reading
        run = counter.sell([Sale("sample", "13900000001", "89860012345678901238")], wait_for_answer=True)
        for timer in timers:
            timer.join()
        assert (run.exit_code, run.stuck) == (0, []), run
        assert len(run.slips) == 1
        ready = [at for at, state in enumerate(run.shows) if state == "READY"]
        trouble = run.shows.index("TROUBLE")
        assert ready[0] < trouble < ready[-1], run.shows
        (record,) = counter.operator.records()
        assert record["state"] == "accepted"
