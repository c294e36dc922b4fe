"""The search itself finds what it is to find."""

import base64
import bz2
import gzip
import io
import itertools
import json
import lzma
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from campaigns.crash.canary import ProcessWatch, hits

TEXT = "某市某区样例路1号"


def zipped(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("entry", data)
    return buffer.getvalue()


def png_with(chunk: bytes, data: bytes) -> bytes:
    body = chunk + data
    return b"\x89PNG\r\n\x1a\n" + len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.encode().hex().encode(),
        TEXT.encode("utf-16-be").hex().encode(),
        TEXT.encode("utf-16-le").hex().upper().encode(),
        TEXT.encode().hex(" ").encode(),
        base64.b64encode(TEXT.encode()),
        base64.b64encode(b"x" + TEXT.encode() + b"yz"),
        base64.b64encode(b"xy" + TEXT.encode("utf-16-le") + b"yz"),
        base64.urlsafe_b64encode(b"x" + TEXT.encode("utf-16-be") + b"yz"),
        json.dumps({"address": TEXT}).encode(),
        quote(TEXT).encode(),
        repr(TEXT.encode()).encode(),
        zlib.compress(b"before" + TEXT.encode() + b"after"),
        b"noise" + gzip.compress(base64.b64encode(TEXT.encode() + b"tail")),
        zipped(b"before" + TEXT.encode()),
        zipped(TEXT.encode("utf-16-le"), zipfile.ZIP_STORED),
        zipped(gzip.compress(TEXT.encode())),
        bz2.compress(TEXT.encode()),
        lzma.compress(TEXT.encode()),
        png_with(b"iTXt", b"Comment\0\0\0\0\0" + TEXT.encode()),
        png_with(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(TEXT.encode())),
        png_with(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT.encode("gb18030"))),
    ],
    # a container holds the time, and a name must be the same in every worker
    ids=map(str, itertools.count()),
)
def test_a_text_is_found_in_any_writing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"noise" * 20 + data + b"noise")
    assert f"{tmp_path / 'below' / 'file'}: {TEXT}" in hits([tmp_path], [TEXT])
    assert hits([tmp_path], ["某市某区样例路2号"]) == []


def test_a_text_is_found_in_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / TEXT).touch()
    assert hits([tmp_path], [TEXT]) == [f"{tmp_path / TEXT}: {TEXT}"]


def test_a_stream_that_cannot_be_opened_is_a_find(tmp_path: Path) -> None:
    # RFC 8878: magic number, single segment with a size of one byte, one raw last block of 5 bytes
    frame = b"\x28\xb5\x2f\xfd\x20\x05" + (5 << 3 | 1).to_bytes(3, "little") + b"hello"
    (tmp_path / "file").write_bytes(b"before" + frame)
    assert hits([tmp_path], []) == [f"{tmp_path / 'file'}: a Zstandard stream that was not opened"]


@pytest.mark.parametrize(
    ("words", "environ"), [([TEXT], {}), ([TEXT.encode().hex()], {}), ([], {"CUSTOMER": TEXT})]
)
def test_a_text_on_a_command_line_or_in_an_environment_is_seen(
    words: list[str], environ: dict[str, str]
) -> None:
    with ProcessWatch() as watch:
        process = subprocess.Popen(
            [sys.executable, "-c", "print(flush=True); input()", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONUTF8": "1", **environ},
        )
        assert process.stdout is not None
        process.stdout.readline()
        looks = watch.looks
        while watch.looks < looks + 2:
            pass
        process.communicate(b"\n")
    assert watch.hits([TEXT]) != []
    assert watch.hits(["某市某区样例路2号"]) == []
