"""``outlet sync status``: how the link stands, what waits, and why."""

import click

from outlet_app.cli.clock import now
from outlet_app.command_output import write_json, write_line
from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.i18n import N_, _
from outlet_app.settings import Settings
from outlet_app.sync.link_limits import MEGABYTE
from outlet_app.sync.link_standing import link_standing
from outlet_app.sync.link_status import LinkState, LinkStatus
from outlet_app.sync.sender import metering_of
from outlet_app.sync.stores import Stores
from outlet_app.texts.line_limits import held_text, local_moment
from outlet_app.texts.link_layers import link_layer_text

_STATES = {
    LinkState.ONLINE: N_("Online: the last contact was proven."),
    LinkState.WAITING: N_("Waiting."),
    LinkState.TROUBLE: N_("Trouble on the way to the operator."),
}


@click.command(help=_("How the link stands, what waits, and why; nothing is sent."))
@click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """From what is stored: the same as the counter's strip shows."""
    with Stores(settings.home) as stores:
        enrolment = stores.enrolment()
        if enrolment is None:
            raise KnownFailure(FailureCode.NOT_ENROLLED)
        link = settings.link_limits
        found = link_standing(stores, enrolment, now, link)
        used = metering_of(stores, enrolment.terminal, link, now).used_today()
    if as_json:
        write_json(_form(found, used, link.most_bytes_a_day))
        return
    _write(found)
    if used is not None:
        amounts = {"used": used / MEGABYTE, "most": link.most_bytes_a_day / MEGABYTE}
        write_line(_("Used today: {used:.1f} of {most:.0f} MB").format(**amounts))


def _write(found: LinkStatus) -> None:
    if found.held is not None:
        why = held_text(found.held.why, local_moment(found.held.until))
        write_line(_("Nothing is sent by itself now: {why}.").format(why=why))
    else:
        write_line(_(_STATES[found.state]))
    if found.failure is not None:
        write_line(_("Last failure: {why}").format(why=link_layer_text(found.failure)))
    write_line(_("Records that wait: {count}").format(count=found.queued))
    if found.last_contact_at is not None:
        write_line(_("Last contact: {time}").format(time=local_moment(found.last_contact_at)))
    if found.next_contact_at is not None:
        write_line(_("Next contact: {time}").format(time=local_moment(found.next_contact_at)))


def _form(found: LinkStatus, used: int | None, most: int) -> dict[str, object]:
    moments = (found.last_contact_at, found.next_contact_at)
    last, following = (None if one is None else timestamps.to_text(one) for one in moments)
    return {
        "state": found.state,
        "failure": found.failure,
        "held": None if found.held is None else found.held.to_json(),
        "queued": found.queued,
        "oldest_queued_age_s": found.oldest_queued_age_s,
        "last_contact_at": last,
        "next_contact_at": following,
        "bytes_today": used,
        "most_bytes_a_day": most or None,
    }
