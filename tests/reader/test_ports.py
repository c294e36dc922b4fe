import pytest

from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.reader.ports import Port, parse_port


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("auto", Port("auto")),
        ("serial:/dev/ttyUSB0", Port("serial", "/dev/ttyUSB0")),
        ("serial:/dev/ttyUSB0?baud=9600", Port("serial", "/dev/ttyUSB0", 9600)),
        ("serial:COM3", Port("serial", "COM3")),
        ("serial:usb=A70?baud=9600", Port("serial", "usb=A70", 9600)),
        ("tcp:reader.example:4001", Port("tcp", "reader.example:4001")),
        ("tcp:[::1]:4001", Port("tcp", "[::1]:4001")),
        ("pcsc:Virtual PCD 00 00", Port("pcsc", "Virtual PCD 00 00")),
        ("sdt:/opt/maker/libsdtapi.so", Port("sdt", "/opt/maker/libsdtapi.so")),
        ("sdt:C:\\maker\\sdtapi.dll?port=1001", Port("sdt", "C:\\maker\\sdtapi.dll", number=1001)),
        ("sdt:auto?port=16", Port("sdt", "auto", number=16)),
    ],
)
def test_a_port_is_parsed_and_written_back(text: str, port: Port) -> None:
    assert parse_port(text) == port
    assert str(port) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "serial",
        "serial:",
        "serial:?baud=9600",
        "serial:usb=",
        "serial:usb=?baud=9600",
        "serial:/dev/ttyUSB0?baud=",
        "serial:/dev/ttyUSB0?baud=1234",
        "serial:/dev/ttyUSB0?baud=９６００",
        "tcp:4001",
        "tcp:host",
        "tcp:host:0",
        "tcp:host:65536",
        "tcp::4001",
        "pcsc:",
        "sdt:",
        "sdt:?port=1001",
        "sdt:lib.so?port=",
        "sdt:lib.so?port=17",
        "sdt:lib.so?port=1017",
        "usb:1",
        "/dev/ttyUSB0",
    ],
)
def test_anything_else_is_wrong_use(text: str) -> None:
    with pytest.raises(KnownFailure) as caught:
        parse_port(text)
    assert caught.value.code is FailureCode.ARGUMENT_WRONG


def test_an_endpoint_is_host_and_number() -> None:
    assert parse_port("tcp:[::1]:4001").endpoint == ("::1", 4001)
    assert parse_port("tcp:127.0.0.1:80").endpoint == ("127.0.0.1", 80)
