"""How much has gone over one connection, by the system's own count: TLS, packets' heads and repeats in it."""

import socket
import struct
import sys

_RECEIVED = struct.Struct("@128xQ2I")
"""Bytes received, segments out and in: fields of ``struct tcp_info`` (Linux, uapi/linux/tcp.h)."""

_SENT = struct.Struct("@200xQ")
"""Bytes sent, repeats in it; since Linux 4.19."""

_ASKED_BYTES = 512
_PACKET_HEAD_BYTES = 52
"""IP version 4, TCP, its time stamps."""


def carried_bytes(connection: socket.socket) -> int | None:
    """Bytes both ways up to now; None where the system does not say (it is not Linux, or an old one)."""
    if sys.platform != "linux":
        return None
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ASKED_BYTES)
    except OSError:
        return None
    if len(info) < _SENT.size:
        return None
    received, segments_out, segments_in = _RECEIVED.unpack_from(info)
    (sent,) = _SENT.unpack_from(info)
    return int(sent + received + (segments_out + segments_in) * _PACKET_HEAD_BYTES)
