"""A scan from outside as a picture, and the picture as the JPEG that goes into a record. In memory only.

Decoded by Qt within bounds on bytes, pixels and memory, and always written
anew: whatever else the file was does not come along.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

from outlet_app.contract.party import MAX_SCAN_BYTES
from outlet_app.documents.jpeg import LEAST_SIDE_PX
from outlet_app.domain.failures import FailureCode, KnownFailure

MOST_FILE_BYTES = 40 * 1024 * 1024
MOST_SIDE_PX = 14_000
MOST_PIXELS = 40_000_000
"""A page of A4 at 600 dots an inch has 35 million."""

KEPT_SIDE_PX = 2200
"""Longest side of what is kept: 180 dots an inch of a page, more of a card."""

_MEMORY_MB = 192
_FORMATS = ((b"\xff\xd8\xff", b"jpeg"), (b"\x89PNG\r\n\x1a\n", b"png"), (b"BM", b"bmp"))
_QUALITIES = (88, 78, 68, 56)
_SMALLER = 0.8


def picture_of(data: bytes, most_side_px: int = KEPT_SIDE_PX) -> QImage:
    """The picture in a JPEG, PNG or BMP file, upright, its longest side brought down to a length.

    KnownFailure SCAN_MALFORMED for anything else, too small or too large to be a scan.
    """
    form = next((name for start, name in _FORMATS if data.startswith(start)), None)
    if form is None:
        raise KnownFailure(FailureCode.SCAN_MALFORMED, "no JPEG, PNG or BMP picture")
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(_MEMORY_MB)
    reader = QImageReader(buffer, form)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    _check_size(size)
    if max(size.width(), size.height()) > most_side_px:
        fitting = QSize(most_side_px, most_side_px)
        reader.setScaledSize(size.scaled(fitting, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise KnownFailure(FailureCode.SCAN_MALFORMED, "it cannot be decoded")
    return _on_white(image)


def as_jpeg(picture: QImage) -> bytes:
    """The picture as JPEG of no more bytes than a record may hold; smaller in steps where it must be.

    KnownFailure SCAN_TOO_LARGE when it would have to be smaller than anybody can read.
    """
    image = picture
    while min(image.width(), image.height()) >= LEAST_SIDE_PX:
        for quality in _QUALITIES:
            data = _encoded(image, quality)
            if len(data) <= MAX_SCAN_BYTES:
                return data
        smaller = QSize(int(image.width() * _SMALLER), int(image.height() * _SMALLER))
        image = image.scaled(
            smaller, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    raise KnownFailure(FailureCode.SCAN_TOO_LARGE)


def _check_size(size: QSize) -> None:
    width, height = size.width(), size.height()
    if min(width, height) < LEAST_SIDE_PX:
        raise KnownFailure(FailureCode.SCAN_MALFORMED, "too few pixels")
    if max(width, height) > MOST_SIDE_PX or width * height > MOST_PIXELS:
        raise KnownFailure(FailureCode.SCAN_MALFORMED, "too many pixels")


def _on_white(image: QImage) -> QImage:
    """Its pixels alone: comments and colour profiles of the file stay with the picture that was read."""
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def _encoded(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(quality)
    if not writer.write(image):
        raise KnownFailure(FailureCode.SCAN_MALFORMED, "it cannot be written")
    return bytes(buffer.data().data())
