"""``https`` with an authority of our own and through a proxy; the operator's keys decide all the same."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from outlet_app.domain import timestamps
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.network_settings import use_network_settings
from outlet_app.settings import load_settings
from outlet_app.sync.client import TimeLimits
from outlet_app.sync.link_limits import LEAST_BYTES_A_DAY, LinkLimits
from outlet_app.sync.sender import Sending, send
from outlet_app.sync.stores import Stores
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest
from tests.tls_front import NAME, Authority, Front, front

Use = Callable[..., None]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Settings as a file gives them, for the length of a test."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def used(**settings: object) -> None:
        file = tmp_path / "outlet.toml"
        file.write_text("[network]\n" + "\n".join(f'{key} = "{value}"' for key, value in settings.items()))
        use_network_settings(load_settings(file), os.environ)

    return used


@pytest.fixture
def secured(operator: OperatorUnderTest, authority: Authority) -> Iterator[Front]:
    with front(operator.port, authority.context) as found:
        yield found


def stands_at(outlet: OutletUnderTest, url: str) -> None:
    with Stores(outlet.home) as stores:
        stores._db.execute("UPDATE enrolment SET server = ?", (url,))


def failure_of(outlet: OutletUnderTest) -> FailureCode:
    with pytest.raises(KnownFailure) as failure:
        outlet.send(limits=TimeLimits())
    return failure.value.code


def test_a_server_of_our_own_authority_is_spoken_to_once_the_settings_name_it(
    outlet: OutletUnderTest, secured: Front, authority: Authority, use: Use
) -> None:
    outlet.register()
    stands_at(outlet, f"https://127.0.0.1:{secured.port}")
    assert failure_of(outlet) is FailureCode.SERVER_TLS_FAILED

    use(authorities=authority.file)

    assert outlet.send(limits=TimeLimits()).accepted == 1


def test_a_good_certificate_is_no_operator(
    outlet: OutletUnderTest, authority: Authority, use: Use, tmp_path: Path
) -> None:
    other = new_operator(tmp_path / "other")
    other.start()
    try:
        with front(other.port, authority.context) as found:
            stands_at(outlet, f"https://127.0.0.1:{found.port}")
            use(authorities=authority.file)

            assert failure_of(outlet) is FailureCode.SERVER_SIGNATURE_WRONG
    finally:
        other.stop()


def test_records_go_through_the_proxy_that_the_settings_name(
    outlet: OutletUnderTest, secured: Front, authority: Authority, use: Use
) -> None:
    outlet.register()
    stands_at(outlet, f"https://{NAME}:4433")
    with front(secured.port) as proxy:
        use(authorities=authority.file, proxy=f"http://127.0.0.1:{proxy.port}")

        assert outlet.send(limits=TimeLimits()).accepted == 1
        assert set(proxy.asked) == {f"{NAME}:4433"}, "the proxy looks the name up, nobody here"

        proxy.refuses = True
        assert failure_of(outlet) is FailureCode.SERVER_REFUSED_CONNECTION


@pytest.mark.parametrize("has_proxy", [False, True])
def test_over_tls_and_through_a_proxy_a_metered_line_is_counted_and_paced(
    outlet: OutletUnderTest, secured: Front, authority: Authority, use: Use, *, has_proxy: bool
) -> None:
    outlet.register()
    limits = LinkLimits(most_bytes_a_day=LEAST_BYTES_A_DAY, most_bytes_a_s=6_000)
    with front(secured.port) as proxy:
        if has_proxy:
            stands_at(outlet, f"https://{NAME}:4433")
            use(authorities=authority.file, proxy=f"http://127.0.0.1:{proxy.port}")
        else:
            stands_at(outlet, f"https://127.0.0.1:{secured.port}")
            use(authorities=authority.file)
        begun = monotonic()
        report = send(outlet.home, Sending(outlet.clock, link=limits))
        took_s = monotonic() - begun
    assert (report.accepted, report.left) == (1, 0)
    with Stores(outlet.home) as stores:
        used = stores.traffic().of(timestamps.china_day(outlet.clock())).bytes
    assert 8_000 < used < 20_000
    assert took_s > 0.9, "0.3 s without a limit"


def test_a_server_of_this_machine_is_never_behind_a_proxy(outlet: OutletUnderTest, use: Use) -> None:
    use(proxy="http://127.0.0.1:1")

    assert outlet.send(limits=TimeLimits()).contacts == 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_without_certificates_is_named(use: Use, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)

    with pytest.raises(KnownFailure, match=r"network\.authorities: no certificates in") as failure:
        use(authorities=file)

    assert failure.value.code is FailureCode.SETTINGS_MALFORMED
    assert "REQUESTS_CA_BUNDLE" not in os.environ


@pytest.mark.parametrize(
    "proxy", ["proxy:3128", "https://proxy:3128", "http://name:word@proxy:3128", "http://proxy"]
)
def test_a_proxy_is_written_in_one_way_and_without_a_password(use: Use, proxy: str) -> None:
    with pytest.raises(KnownFailure, match=r"network\.proxy: must be") as failure:
        use(proxy=proxy)

    assert failure.value.code is FailureCode.SETTINGS_MALFORMED
