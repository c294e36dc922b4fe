"""Fictional people whose documents have no readable chip, as a clerk would type them, and scans of them."""

import functools

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from outlet_app.domain.documents import DocumentKind

CITIZEN = {
    "name": "样例",
    "sex": "女",
    "ethnic_group": "汉",
    "birth_date": "19491231",
    "address": "某市某区样例路1号",
    "number": "11010519491231002x",
}
"""The sample number of GB 11643 with fictional fields around it."""

VALID = {"issuer": "某市公安局", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
PERMIT = {
    "name": "样例港",
    "latin_name": "Yangli, Gang",
    "birth_date": "1990.1.2",
    "sex": "M",
    **VALID,
    "number": "H00000001",
}

TEXTS: dict[DocumentKind, dict[str, str]] = {
    DocumentKind.TEMPORARY_ID: {**CITIZEN, **VALID},
    DocumentKind.HOUSEHOLD_REGISTER: CITIZEN,
    DocumentKind.MILITARY_ID: {
        "name": "样例军",
        "sex": "男",
        "birth_date": "1990年1月2日",
        "number": "样字第0000001号",
    },
    DocumentKind.HM_TRAVEL_PERMIT: PERMIT,
    DocumentKind.TAIWAN_TRAVEL_PERMIT: {**PERMIT, "number": "00000001", "issue_count": "1"},
    DocumentKind.PASSPORT: {
        "number": "x0000001",
        "name": "Sample Anna Maria",
        "nationality": "uto",
        "birth_date": "1990-01-02",
        "sex": "F",
        "valid_until": "2030-01-02",
    },
    DocumentKind.RESIDENT_ID: {**CITIZEN, **VALID, "valid_until": "长期"},
    DocumentKind.HMT_RESIDENCE_PERMIT: {
        "name": "样例",
        "sex": "female",
        "birth_date": "1994-08-23",
        "address": "某市某区样例路2号",
        "number": "810000199408230021",
        **VALID,
        "pass_number": "H00000002",
    },
    DocumentKind.FOREIGN_PR_2017: {
        "latin_name": "SAMPLE",
        "sex": "M",
        "birth_date": "1985-01-01",
        "nationality": "UTO",
        "number": "UTO990085010100",
        "valid_from": "2026-01-01",
        "valid_until": "2030-12-31",
    },
    DocumentKind.FOREIGN_PR_2023: {
        "latin_name": "SAMPLE",
        "sex": "M",
        "birth_date": "1985-01-01",
        "nationality": "UTO",
        "number": "932682198501010017",
        "valid_from": "2026-01-01",
        "valid_until": "2030-12-31",
    },
}
"""As typed, not in the written form; numbers are published samples or ones that cannot be issued."""


@functools.cache
def scan(width: int = 800, height: int = 500, *, progressive: bool = False, mark: str = "") -> bytes:
    """A JPEG picture of a page with bars where lines of text would be, as a scanner's program writes it."""
    return encoded(page(width, height), "jpeg", progressive=progressive, mark=mark)


def page(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#f2efe6"))
    painter = QPainter(image)
    for at in range(40, height - 20, 36):
        painter.fillRect(width // 10, at, width * (3 + at % 5) // 10, 14, QColor("#3a4550"))
    painter.fillRect(width * 7 // 10, height // 5, width // 5, height // 2, QColor("#8fa3b0"))
    painter.end()
    return image


def encoded(image: QImage, form: str, *, progressive: bool = False, mark: str = "") -> bytes:
    buffer = QBuffer()
    assert buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, form.encode())
    writer.setQuality(85)
    writer.setProgressiveScanWrite(progressive)
    if mark:
        writer.setText("Comment", mark)
    assert writer.write(image), writer.errorString()
    return bytes(buffer.data().data())
