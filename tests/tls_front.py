"""An authority of our own, a front that speaks TLS for a plain server, and a proxy: all on loopback."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "operator.example"
_LOOK_S = 0.1


class Authority:
    """``file`` holds its certificate; ``context`` shows one that it gave for NAME and loopback."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example authority")])
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._signed(self._name, self._key, is_authority=True))
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        chain, secret = folder / "server.pem", folder / "server.key"
        chain.write_bytes(self._signed(subject, key, is_authority=False))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, secret)

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool) -> bytes:
        now = datetime.now(UTC)
        names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Front:
    """Takes connections and passes them on to ``port``: through TLS, or after a CONNECT as a proxy does.

    ``asked`` are the targets of CONNECT; ``refuses`` answers them with 407.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None) -> None:
        self._target = port
        self._context = context
        self.asked: list[str] = []
        self.refuses = False
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        self._stopped.set()
        for thread in list(self._threads):
            thread.join(10)
            assert not thread.is_alive()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, near: socket.socket) -> None:
        near.settimeout(5)
        with near, contextlib.suppress(OSError):
            if self._context is not None:
                near = self._context.wrap_socket(near, server_side=True)
            elif not self._is_asked(near):
                return
            with near, socket.create_connection(("127.0.0.1", self._target)) as far:
                self._pass_on(near, far)

    def _is_asked(self, near: socket.socket) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += near.recv(1) or b"\r\n\r\n"
        self.asked.append(head.split()[1].decode())
        answer = "407 Proxy Authentication Required" if self.refuses else "200 Connection established"
        near.sendall(f"HTTP/1.1 {answer}\r\n\r\n".encode())
        return not self.refuses

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=self._copy, args=(far, near))
        back.start()
        self._copy(near, far)
        back.join(10)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        source.settimeout(_LOOK_S)
        while not self._stopped.is_set():
            try:
                data = source.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                data = b""
            with contextlib.suppress(OSError):
                if data:
                    target.sendall(data)
                    continue
                target.shutdown(socket.SHUT_RDWR)
            return


@contextlib.contextmanager
def front(port: int, context: ssl.SSLContext | None = None) -> Iterator[Front]:
    found = Front(port, context)
    try:
        yield found
    finally:
        found.close()
