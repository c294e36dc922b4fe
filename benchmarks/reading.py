"""Card found to document, beside a bare pyserial read of the same exchange at the same rate."""

import statistics
import tempfile
import threading
from pathlib import Path
from time import perf_counter

import serial

from benchmarks.simulated_reader import SimulatedReader, simulated_reader
from outlet_app.reader.catalogue import load_catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.driver_folder import driver_folder
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card

ROUNDS = {115200: 15, 9600: 5}
FIND = bytes.fromhex("AAAAAA96690003200122")
SELECT = bytes.fromhex("AAAAAA96690003200221")
READ = bytes.fromhex("AAAAAA96690003300132")
FOUND_BYTES, SELECTED_BYTES, ANSWER_BYTES = 15, 19, 1295


def main() -> None:
    """Print a line for each rate."""
    print("card found to document, against bare pyserial over the same paced line (median of rounds)")
    with tempfile.TemporaryDirectory() as folder:
        for baud, rounds in ROUNDS.items():
            link = Path(folder, f"reader-{baud}")
            with simulated_reader(link, baud) as reader:
                bare = [_bare(link, baud, reader) for _ in range(rounds)]
                ours = _ours(link, reader, rounds)
            theirs, mine = statistics.median(bare), statistics.median(ours)
            print(
                f"  {baud:>6} baud: outlet {mine:7.1f} ms, pyserial {theirs:7.1f} ms, "
                f"ratio {mine / theirs:.3f} ({rounds} rounds)"
            )


def _bare(link: Path, baud: int, reader: SimulatedReader) -> float:
    """Milliseconds from the found card to the last byte of its answer, with pyserial and nothing else."""
    reader.tell("lay sample")
    with serial.Serial(str(link), baud, timeout=10) as port:
        _exchange(port, FIND, FOUND_BYTES)
        found = perf_counter()
        _exchange(port, SELECT, SELECTED_BYTES)
        _exchange(port, READ, ANSWER_BYTES)
        passed = perf_counter() - found
    reader.tell("lift")
    return passed * 1000


def _exchange(port: serial.Serial, request: bytes, length: int) -> None:
    port.write(request)
    answer = port.read(length)
    if len(answer) != length:
        raise RuntimeError(f"{len(answer)} bytes instead of {length}")


def _ours(link: Path, reader: SimulatedReader, rounds: int) -> list[float]:
    """Milliseconds as each document's own timing tells them."""
    session = open_reader(parse_port(f"serial:{link}"), load_catalogue([driver_folder()]))
    try:
        times = []
        for _ in range(rounds):
            reader.tell("lay sample")
            card = wait_for_card(session, timeout_s=20, on_step=lambda _step: None, stop=threading.Event())
            times.append(card.timing.found_to_document_ms)
            reader.tell("lift")
            while session.find():
                pass
        return times
    finally:
        session.close()


if __name__ == "__main__":
    main()
