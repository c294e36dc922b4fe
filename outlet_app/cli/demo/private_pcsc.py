"""A PC/SC service with the simulated card, in a network of its own: `unshare --net` runs this program.

The virtual reader's driver listens for its card on every address of the
machine. In a network of its own there is no address but loopback, and nobody
else on it; the service itself is reached through its socket file.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import monotonic

from outlet_app.domain.failures import KnownFailure
from outlet_app.reader.simulator.simulate import SimulatorOptions, run_simulator
from outlet_app.reader.simulator.vpcd_front import PORT

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SERVICE_FOLDER = Path("/run/pcscd")
_UP_WITHIN_S = 20.0
_CONFIGURATION = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{PORT:#06x}
LIBPATH {DRIVER}
CHANNELID {PORT:#06x}
"""


def reason_against() -> str | None:
    """Why a PC/SC service of our own cannot run here; None when it can."""
    if not sys.platform.startswith("linux"):
        return "not Linux"
    missing = [name for name in ("pcscd", "unshare", "ip") if shutil.which(name) is None]
    if missing or not DRIVER.exists():
        return f"not installed: {', '.join(missing) or DRIVER.name}"
    if os.geteuid() != 0:
        return "pcscd needs root"
    if _answers(SERVICE_FOLDER / "pcscd.comm"):
        return "a PC/SC service runs already"
    may = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False, timeout=10)
    return None if may.returncode == 0 else "no network of its own is allowed here"


def command() -> list[str]:
    """Command line of this program in a network of its own."""
    return ["unshare", "--net", sys.executable, "-P", "-m", "outlet_app.cli.demo.private_pcsc"]


def main() -> int:
    """Serve until SIGTERM; cards are laid down by lines of standard input, as for the simulator."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=10)
    folder_was_there = SERVICE_FOLDER.exists()
    try:
        with tempfile.TemporaryDirectory(prefix="outlet-pcsc-") as folder:
            Path(folder, "vpcd").write_text(_CONFIGURATION, encoding="ascii")
            serve = ["pcscd", "--foreground", "--config", folder]
            service = subprocess.Popen(serve, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            try:
                _wait_until_up(service)
                run_simulator(SimulatorOptions(vpcd=True), sys.stdin, sys.stdout, stop, until_eof=True)
            finally:
                service.terminate()
                service.wait(10)
    except KnownFailure as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    finally:
        if not folder_was_there:
            shutil.rmtree(SERVICE_FOLDER, ignore_errors=True)
    return 0


def _wait_until_up(service: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + _UP_WITHIN_S
    pause = threading.Event()
    while not (_answers(SERVICE_FOLDER / "pcscd.comm") and _listens(PORT)):
        if service.poll() is not None or monotonic() > deadline:
            raise SystemExit("pcscd did not come up")
        pause.wait(0.02)


def _listens(port: int) -> bool:
    """True when the port is taken: found by trying to take it, for a connection would be a card."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
