"""What completes a failure's sentence, in brackets: known phrases in the language in force.

A detail is made where something fails, for support: names, paths and figures,
and short English phrases. Those who meet it read the phrases in their own
language; what is not known here stays as it is, as every detail does in JSON.
"""

import re

from outlet_app.i18n import N_, _

_PHRASES = (
    # Of the reader, its module and the line to it.
    N_("no PC/SC library"),
    N_("no PC/SC reader"),
    N_("no module"),
    N_("no module answers at {rate}"),
    N_("no module answers in time"),
    N_("no module number"),
    N_("no answer"),
    N_("the answer was damaged"),
    N_("no port opens"),
    N_("no family names a library"),
    N_("lengths that cannot be"),
    N_("cut short"),
    N_("status {status}"),
    N_("stuck"),
    N_("pages refused"),
    N_("section lengths do not fit the answer"),
    N_("the module sees no card"),
    N_("the card was let go of"),
    N_("the reader was let go of"),
    N_("the connection was closed"),
    N_("an answer without a status word"),
    N_("reader families changed"),
    N_("slept with the reader open"),
    N_("no sign of life"),
    N_("a reader that is not asked in frames"),
    N_("no line here whose rate could be set"),
    N_("system error {number}"),
    N_("has no {function}"),
    N_("{device} held by {program}"),
    N_("no adaptor has the serial number {number}"),
    N_("serial number {number} names no single one of"),
    N_("no transport for {scheme}"),
    N_("{text} is no port; a port is {forms}"),
    N_("{text} names no single one of"),
    N_("baud is one of {rates}"),
    N_("port is 1 to 16 (serial) or 1001 to 1016 (USB)"),
    N_("text block of {count} bytes"),
    N_("type bytes {hex}"),
    # Of what is stored and of the disk below it.
    N_("text"),
    N_("value"),
    N_("integrity"),
    N_("references"),
    N_("held by another program"),
    N_("the database's files were taken away"),
    N_("found by the daily check"),
    N_("numbers were given meanwhile"),
    N_("{terminal} {count} cut"),
    N_("{terminal} {count} swapped"),
    N_("{terminal} {count} edited"),
    N_("given up, or not set aside"),
    N_("practice is never stored"),
    N_("days are being closed"),
    N_("schema {number}"),
    N_("schema {number}, known {known}"),
    N_("{free} MiB < {needed} MiB"),
    N_("{free} of {needed} MiB"),
    N_("{count} of {most}"),
    # Of files that were picked or carried here.
    N_("cut"),
    N_("length"),
    N_("a bundle of records"),
    N_("a file of receipts"),
    N_("is there already"),
    N_("something else stands there"),
    N_("cannot be read"),
    N_("{file} is no file"),
    N_("{folder} is no folder"),
    N_("no certificates in {file}"),
    N_("no plain file"),
    N_("changed while it was read"),
    N_("another file by now"),
    N_("it has a second name"),
    N_("no JPEG, PNG or BMP picture"),
    N_("it cannot be decoded"),
    N_("it cannot be written"),
    N_("too few pixels"),
    N_("too many pixels"),
    # Of what an operator's server said, and of the way to it.
    N_("signature"),
    N_("unknown key"),
    N_("key out of its dates"),
    N_("encoding"),
    N_("missing"),
    N_("receipt"),
    N_("policy"),
    N_("roster"),
    N_("contact"),
    N_("probe"),
    N_("reconciliation"),
    N_("enrolment answer"),
    N_("none"),
    N_("policy {number}"),
    N_("not over our nonce"),
    N_("of another operator"),
    N_("for another terminal"),
    N_("older than what is here"),
    N_("another one has this number"),
    N_("begins too far ahead"),
    N_("no policy pack holds {day}"),
    N_("no sealing key is in force"),
    N_("known here already"),
    N_("root key"),
    N_("terminal"),
    N_("terminal or envelope"),
    N_("without an end"),
    N_("the answer does not end"),
    N_("no network is connected"),
    N_("the name server does not answer"),
    N_("not an address"),
    N_("http:// only to this machine"),
    N_("https://NAME[:PORT], nothing else"),
    N_("older, or of another operator"),
    N_("against a later word of the root"),
    N_("not signed by the root"),
    N_("not signed by the root, nor by a key that it lets state keys"),
    N_("not signed by a key that the root lets state keys"),
    N_("older than the root's word, or of another operator"),
    N_("only the root changes keys for statements"),
    N_("no keys are stated"),
    N_("no statement of keys"),
    N_("{count} keys, all of them in their dates"),
    # Of what was typed or given on a command line.
    N_("not digits"),
    N_("too long"),
    N_("not a mobile number of the mainland"),
    N_("not 8986 and 15 or 16 more characters"),
    N_("not JSON"),
    N_("not one object"),
    N_("not the form of a code"),
    N_("not UTF-8 text"),
    N_("{file}, line {line}, {key}"),
    N_("there is no such setting"),
    N_("must be {form}"),
    N_("there is one already (see --change)"),
    N_("there is no such clerk"),
    N_("there is no such outlet"),
    N_("there is no such record"),
    N_("there is no such terminal"),
    N_("it has been decided"),
    N_("an outlet has at most {count}"),
    N_("a passphrase of {count} characters or more"),
    N_("more than {days} days ahead"),
    N_("no field that can be set"),
)
"""Whole details, or their parts between ``: `` and ``; ``; what stands in braces may be anything."""

_SEPARATOR = re.compile("(: |; )")
_FIELD = re.compile(r"\\{(\w+)\\}")
_FIGURES = frozenset({"count", "days", "free", "most", "needed"})
"""Fields that only figures fill: ``3 of 5`` is a phrase, not every text around an ``of``."""
_WORDS = frozenset({"terminal"})
"""Fields that one word fills."""


def _pattern(phrase: str) -> re.Pattern[str]:
    def filled(field: re.Match[str]) -> str:
        filling = "[0-9]+" if field[1] in _FIGURES else r"\S+" if field[1] in _WORDS else ".+"
        return f"(?P<{field[1]}>{filling})"

    return re.compile(_FIELD.sub(filled, re.escape(phrase)))


_WITH_FIELDS = tuple((_pattern(phrase), phrase) for phrase in _PHRASES if "{" in phrase)
_PLAIN = frozenset(phrase for phrase in _PHRASES if "{" not in phrase)


def detail_text(detail: str) -> str:
    """The detail of a failure for people: each phrase that is known in the language in force."""
    whole = _phrase(detail)
    if whole != detail:
        return whole
    return "".join(_phrase(part) for part in _SEPARATOR.split(detail))


def with_detail(what: str, detail: str) -> str:
    """A sentence of what happened and its detail in brackets behind it, where there is one."""
    return _("{sentence} ({detail})").format(sentence=what, detail=detail_text(detail)) if detail else what


def _phrase(text: str) -> str:
    if text in _PLAIN:
        return _(text)
    for pattern, phrase in _WITH_FIELDS:
        found = pattern.fullmatch(text)
        if found:
            return _(phrase).format(**found.groupdict())
    return text
