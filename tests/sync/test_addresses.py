import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.sync.addresses import parse_address


@pytest.mark.parametrize(
    ("text", "base", "is_loopback"),
    [
        ("https://operator.example", "https://operator.example", False),
        (" https://operator.example:8443/outlets/ ", "https://operator.example:8443/outlets", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("http://127.9.9.9:1/", "http://127.9.9.9:1", True),
        ("http://localhost:8080", "http://localhost:8080", True),
        ("http://[::1]:8080", "http://[::1]:8080", True),
        ("HTTPS://Operator.Example", "https://operator.example", False),
    ],
)
def test_addresses_that_are_allowed(text: str, base: str, is_loopback: bool) -> None:
    address = parse_address(text)

    assert (address.base, address.is_loopback) == (base, is_loopback)
    assert address.url("/v1/probe") == base + "/v1/probe"


@pytest.mark.parametrize(
    "text",
    [
        "http://operator.example",
        "http://10.0.0.1:8080",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@operator.example",
        "http://[::2]",
        "https://name:word@operator.example",
        "https://operator.example?x=1",
        "https://operator.example#x",
        "https://operator.example:99999",
        "https://operator.example:0",
        "https://",
        "https://[::1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "operator.example",
        "https://a b",
        "https://a\nb",
        "",
    ],
)
def test_addresses_that_are_not(text: str) -> None:
    with pytest.raises(KnownFailure) as failure:
        parse_address(text)

    assert failure.value.code == FailureCode.SERVER_ADDRESS_NOT_ALLOWED
    assert "word" not in failure.value.detail
