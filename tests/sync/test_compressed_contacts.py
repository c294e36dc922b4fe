"""Contacts go compressed to a server that takes it, and as they are to one that does not say so."""

import gzip

import pytest

from outlet_app.contract.compression import decompressed
from outlet_app.contract.contact import MAX_CONTACT_BYTES, decode_contact
from outlet_app.sync.addresses import parse_address
from outlet_app.sync.client import Exchange, Request, ServerClient
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest
from tests.sync.man_in_the_middle import man_in_the_middle, through
from tests.sync.strange_servers import answers, strange_server
from tests.sync.test_client import PROBE, SHORT, gzipped


def test_records_go_compressed_and_are_accepted(
    outlet: OutletUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Request] = []
    begin = ServerClient.begin

    def noting(client: ServerClient, request: Request) -> Exchange:
        seen.append(request)
        return begin(client, request)

    monkeypatch.setattr(ServerClient, "begin", noting)
    outlet.register()

    assert outlet.send().accepted == 1
    (contact,) = (request for request in seen if request.method == "POST")
    assert contact.headers["Content-Encoding"] == "gzip"
    plain = decompressed(contact.body, MAX_CONTACT_BYTES, "contact")
    assert len(decode_contact(plain)[1]) == 1
    assert len(contact.body) < len(plain)


def test_a_server_that_says_nothing_of_it_gets_them_as_they_are(
    operator: OperatorUnderTest, outlet: OutletUnderTest
) -> None:
    outlet.register()
    # he does not pass on what the operator's server says of itself
    with man_in_the_middle(operator.url) as man:
        through(man, outlet)

        assert outlet.send().accepted == 1

        (contact,) = man.to("/v1/contact")
        assert "Content-Encoding" not in contact.headers
        assert len(decode_contact(contact.body)[1]) == 1


def test_a_compressed_answer_is_read_like_a_plain_one() -> None:
    with (
        strange_server(answers(gzipped(gzip.compress(b'{"a":1}')))) as server,
        ServerClient(parse_address(server.url), SHORT) as client,
    ):
        assert client.exchange(PROBE).body == b'{"a":1}'
