"""The operator's keys: rotated, backed up, restored; and what happens when one is gone."""

import json
import resource
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from operator_backend.acts import Act
from operator_backend.database import reading
from operator_backend.ingest import take_record
from operator_backend.installation import Operator, open_operator
from operator_backend.key_backup import backup_keys, restore_keys
from operator_backend.listing import list_records
from operator_backend.rotation import rotate_sealing_key
from operator_backend.statements import OVERLAP, latest_statement
from operator_backend.tables import acts
from outlet_app.contract.contact import ItemAnswer
from outlet_app.contract.operator_keys import MOST_KEYS, KeyUse
from outlet_app.contract.sealing import SuiteName
from outlet_app.contract.signing import Context
from outlet_app.domain.failures import FailureCode, KnownFailure
from tests.operator_backend.conftest import MovableClock
from tests.operator_backend.paper_terminal import PaperTerminal, files_of, sealing_key

PASSPHRASE = "a long enough phrase"


def failure(call: Callable[[], object]) -> FailureCode:
    with pytest.raises(KnownFailure) as caught:
        call()
    return caught.value.code


def test_after_rotation_new_records_use_the_new_key_and_old_ones_still_open(
    operator: Operator, terminal: PaperTerminal
) -> None:
    before = terminal.record()
    assert take_record(operator, terminal.name, before).answer is ItemAnswer.ACCEPTED
    key, number = rotate_sealing_key(operator, SuiteName.HYBRID)
    assert number == 2
    late = terminal.record()
    assert take_record(operator, terminal.name, late).answer is ItemAnswer.ACCEPTED, "an old statement's key"
    terminal.seal_key = sealing_key(operator)
    assert (terminal.seal_key.key_id, terminal.seal_key.suite) == (key.key_id, SuiteName.HYBRID)
    assert take_record(operator, terminal.name, terminal.record()).answer is ItemAnswer.ACCEPTED
    assert len({record["document"]["number"] for record in list_records(operator, reveal=True)}) == 1


def test_the_new_statement_is_signed_by_the_same_root_and_bounds_the_old_key(
    operator: Operator, clock: MovableClock
) -> None:
    old = sealing_key(operator)
    rotate_sealing_key(operator, SuiteName.X25519)
    with reading(operator.engine) as connection:
        latest = latest_statement(connection)
    assert latest.signed.is_signed_by(operator.folder.root, Context.OPERATOR_KEYS)
    assert latest.statement.number == 2
    stated = latest.statement.find(old.key_id, KeyUse.SEAL)
    assert stated is not None
    assert stated.not_after - operator.now() <= OVERLAP
    assert [key.use for key in latest.statement.keys].count(KeyUse.SEAL) == 2


def test_more_keys_than_a_statement_holds_are_never_stated(
    operator: Operator, terminal: PaperTerminal, clock: MovableClock
) -> None:
    """One key too many and nobody, the operator included, could read its statement any more."""
    oldest = terminal.seal_key
    held = take_record(operator, terminal.name, terminal.record())
    while count(operator) < MOST_KEYS:
        rotate_sealing_key(operator, SuiteName.X25519)
    assert failure(lambda: rotate_sealing_key(operator, SuiteName.X25519)) is FailureCode.LIMIT_REACHED
    clock.ahead = OVERLAP + timedelta(days=1)
    _key, number = rotate_sealing_key(operator, SuiteName.X25519)
    assert (number, count(operator)) == (MOST_KEYS - 1, MOST_KEYS)
    with reading(operator.engine) as connection:
        assert latest_statement(connection).statement.find(oldest.key_id, KeyUse.SEAL) is None
    assert take_record(operator, terminal.name, terminal.record()).code == "operator-key-unknown"
    assert [record["id"] for record in list_records(operator, reveal=False)] == [str(held.record_id)]


def count(operator: Operator) -> int:
    with reading(operator.engine) as connection:
        return len(latest_statement(connection).statement.keys)


def test_a_server_that_runs_takes_records_of_a_key_made_since(
    operator: Operator, terminal: PaperTerminal
) -> None:
    with open_operator(operator.folder.path) as elsewhere:
        rotate_sealing_key(elsewhere, SuiteName.X25519)
    terminal.seal_key = sealing_key(operator)
    assert take_record(operator, terminal.name, terminal.record()).answer is ItemAnswer.ACCEPTED


def test_the_server_needs_no_root_key(operator: Operator, terminal: PaperTerminal) -> None:
    for file in operator.folder.keys.glob("root-*"):
        file.unlink()
    assert take_record(operator, terminal.name, terminal.record()).answer is ItemAnswer.ACCEPTED
    PaperTerminal.enrolled(operator)
    assert failure(lambda: rotate_sealing_key(operator, SuiteName.X25519)) is FailureCode.KEY_UNREADABLE


@pytest.mark.parametrize("content", [b"", b"{}", b'{"private": 1}', None])
def test_a_key_file_that_is_gone_or_damaged_is_said(
    operator: Operator, terminal: PaperTerminal, content: bytes | None
) -> None:
    data = terminal.record()
    (file,) = operator.folder.keys.glob("seal-*")
    file.unlink() if content is None else file.write_bytes(content)
    assert failure(lambda: take_record(operator, terminal.name, data)) is FailureCode.KEY_UNREADABLE


def test_a_key_file_under_the_name_of_another_is_not_believed(
    operator: Operator, terminal: PaperTerminal
) -> None:
    data = terminal.record()
    (file,) = operator.folder.keys.glob("seal-*")
    (receipt,) = operator.folder.keys.glob("receipt-*")
    file.write_bytes(receipt.read_bytes())
    assert failure(lambda: take_record(operator, terminal.name, data)) is FailureCode.KEY_UNREADABLE


def test_a_new_key_that_cannot_be_kept_is_never_stated(operator: Operator) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        code = failure(lambda: rotate_sealing_key(operator, SuiteName.HYBRID))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code is FailureCode.STORAGE_FAILED
    with reading(operator.engine) as connection:
        assert latest_statement(connection).statement.number == 1


def test_a_backup_brings_every_key_back(operator: Operator, terminal: PaperTerminal, tmp_path: Path) -> None:
    take_record(operator, terminal.name, terminal.record())
    rotate_sealing_key(operator, SuiteName.HYBRID)
    copy = tmp_path / "keys.backup"
    assert backup_keys(operator, copy, PASSPHRASE) == len(files_of(operator.folder.keys))
    assert copy.stat().st_mode & 0o777 == 0o600
    raw = copy.read_bytes()
    for file in files_of(operator.folder.keys):
        assert file.read_bytes() not in raw

    restored = tmp_path / "restored"
    restore_keys(restored, copy, PASSPHRASE)
    operator.engine.dispose()
    (restored / "operator.db").write_bytes((operator.folder.path / "operator.db").read_bytes())
    with open_operator(restored) as back:
        assert len(list(list_records(back, reveal=False))) == 1
        rotate_sealing_key(back, SuiteName.X25519)


def test_a_backup_needs_its_passphrase_and_all_its_bytes(operator: Operator, tmp_path: Path) -> None:
    copy = tmp_path / "keys.backup"
    assert failure(lambda: backup_keys(operator, copy, "short")) is FailureCode.ARGUMENT_WRONG
    assert not copy.exists()
    backup_keys(operator, copy, PASSPHRASE)
    assert failure(lambda: backup_keys(operator, copy, PASSPHRASE)) is FailureCode.ARGUMENT_WRONG
    target = tmp_path / "restored"
    assert failure(lambda: restore_keys(target, copy, PASSPHRASE + ".")) is FailureCode.KEY_UNREADABLE
    form = json.loads(copy.read_text())
    form["token"] = form["token"][:-8]
    copy.write_text(json.dumps(form))
    assert failure(lambda: restore_keys(target, copy, PASSPHRASE)) is FailureCode.KEY_UNREADABLE
    assert not target.exists()
    assert failure(lambda: restore_keys(target, tmp_path / "none", "")) is FailureCode.KEY_UNREADABLE


def test_keys_are_not_restored_over_others(operator: Operator, tmp_path: Path) -> None:
    copy = tmp_path / "keys.backup"
    backup_keys(operator, copy, PASSPHRASE)
    folder = operator.folder.path
    assert failure(lambda: restore_keys(folder, copy, PASSPHRASE)) is FailureCode.FOLDER_NOT_EMPTY


def test_a_database_without_its_secret_is_not_opened(operator: Operator) -> None:
    (operator.folder.keys / "database.secret").write_bytes(b"AAAA")
    with pytest.raises(KnownFailure) as caught, open_operator(operator.folder.path):
        pass
    assert caught.value.code is FailureCode.KEY_UNREADABLE


def test_what_was_done_is_noted(operator: Operator, terminal: PaperTerminal, tmp_path: Path) -> None:
    rotate_sealing_key(operator, SuiteName.X25519)
    backup_keys(operator, tmp_path / "copy", PASSPHRASE)
    assert list(list_records(operator, reveal=True)) == []
    with reading(operator.engine) as connection:
        noted = [row.act for row in connection.execute(acts.select().order_by(acts.c.number))]
    assert noted == [
        Act.INIT,
        Act.ADD_OUTLET,
        Act.ADD_CLERK,
        Act.ENROL_CODE,
        Act.ENROLLED,
        Act.ROTATE_KEY,
        Act.BACKUP_KEYS,
        Act.REVEAL,
    ]
