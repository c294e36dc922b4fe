"""How two workers share the tests: there is one PC/SC service, so all that see it stay with one of them."""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_READERS = "readers"
_SIGNS = ("pcscd", "pcsc_service", "no_service", "PcscService", '"auto"', "outlet demo", "PRIVATE_PCSC")


def _sees_readers(file: Path) -> bool:
    text = file.read_text(encoding="utf-8")
    return any(sign in text for sign in _SIGNS)


class SharedWork(LoadScopeScheduling):
    """Every test is handed out by itself, those of files that speak of the machine's readers together."""

    _together: frozenset[str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self._together is None:
            here = Path(__file__).parent
            files = (file for file in here.rglob("test_*.py") if _sees_readers(file))
            self._together = frozenset(file.relative_to(here.parent).as_posix() for file in files)
        return _READERS if nodeid.split("::", maxsplit=1)[0] in self._together else nodeid
