"""The search itself finds what it is to find."""

import base64
import gzip
import io
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.flow.canary import hits

TEXT = "某市某区样例路1号"


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entry", data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be").hex().encode(),
        base64.b64encode(b"x" + TEXT.encode() + b"yz"),
        base64.b64encode(b"xy" + TEXT.encode("utf-16-le") + b"yz"),
        zlib.compress(b"before" + TEXT.encode() + b"after"),
        b"noise" + gzip.compress(base64.b64encode(TEXT.encode() + b"tail")),
        zipped(b"before" + TEXT.encode()),
    ],
)
def test_a_text_is_found_in_any_writing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"noise" * 20 + data + b"noise")
    assert hits([tmp_path], [TEXT]) == [f"{tmp_path / 'below' / 'file'}: {TEXT}"]
    assert hits([tmp_path], ["某市某区样例路2号"]) == []
