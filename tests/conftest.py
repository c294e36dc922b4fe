"""What every test stands on: a home of its own, no display, and a clean end of the run."""

import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from outlet_app import i18n
from tests.operator_fixture import operator, own_operator  # noqa: F401 - fixtures for every test
from tests.pcscd_fixture import pcsc_service, pcscd  # noqa: F401 - fixtures for every test
from tests.shared_work import SharedWork

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# how long an example takes depends on what else the machine does; the test's own time-out bounds it
settings.register_profile("project", deadline=None)
settings.load_profile("project")

_ALLOWED_SKIPS = set(os.environ.get("ALLOW_SKIPS", "").split())


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and data of whoever runs the tests are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("OUTLET_HOME", str(home / "outlet"))
    monkeypatch.delenv("OUTLET_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language that a test or its command line puts in force is gone with it."""
    before = i18n.language()
    yield
    if i18n.language() != before:
        i18n.install_language(before)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharedWork:
    """The workers' tests are shared out our way."""
    return SharedWork(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure unless ALLOW_SKIPS names the test's file: what was not run was not seen."""
    report = yield
    if report.skipped and Path(str(item.fspath)).stem not in _ALLOWED_SKIPS:
        report.outcome = "failed"
        report.longrepr = f"skipped, and ALLOW_SKIPS does not name {Path(str(item.fspath)).stem}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """No thread and no process is left when the last fixture is gone; each worker answers for its own."""
    shares_the_work = session.config.getoption("numprocesses", None) is not None
    if shares_the_work and not hasattr(session.config, "workerinput"):
        return
    threads = [t.name for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    children = [
        f"{child.pid} {' '.join(child.cmdline()[:4])}"
        for child in psutil.Process().children(recursive=True)
        # Python's own tracker of a process pool's resources ends with the interpreter
        if child.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(child.cmdline())
    ]
    if threads or children:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\nleft behind: threads {threads}, processes {children}")  # noqa: T201 - the run's last word


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--port` names a real reader for the tests marked hardware."""
    parser.addoption("--port", default=None, help="a real reader, for tests marked hardware")
    parser.addoption("--evidence", default=None, metavar="DIR", help="where those tests write what they saw")
