"""What only a PC/SC reader shows: its form, the answer to reset, the envelope."""

from outlet_app.reader.card_pages import is_id_card_atr
from outlet_app.reader.ports import PCSC
from outlet_app.reader.transports.pcsc import PcscContext
from tests.hardware.bench import Bench, DoesNotApplyError, read_once
from tests.hardware.evidence import Facts


def form(bench: Bench) -> Facts:
    """Which form answered, and what the service says of the card."""
    if bench.port.scheme != PCSC:
        raise DoesNotApplyError("no PC/SC reader")
    with bench.session() as session:
        length = len(read_once(session).answer)
        family = next(each for each in bench.catalogue.drivers if each.name == session.driver)
        reader = session.port.removeprefix("pcsc:")
    context = PcscContext()
    atr = context.state(reader).atr
    context.release()
    envelope = family.envelope
    return {
        "family": family.name,
        "form": family.form,
        "read_bytes": length,
        "answer_to_reset": atr.hex(),
        "answer_to_reset_is_known": is_id_card_atr(atr),
        "envelope": None if envelope is None else f"{envelope.way} {envelope.header.hex()} {envelope.length}",
    }
