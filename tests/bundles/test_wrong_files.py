"""A file that is wrong is refused with the reason, by whoever gets it, and nothing of it is taken."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from operator_backend.bundles import import_bundle
from operator_backend.installation import open_operator
from outlet_app.domain.failures import FailureCode, KnownFailure
from outlet_app.domain.registrations import RecordState
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export
from outlet_app.sync.receipt_files import import_receipts
from outlet_app.sync.stores import Stores
from tests.bundles.stick import Stick, held
from tests.operator_fixture import OperatorUnderTest, new_operator
from tests.outlet_fixture import OutletUnderTest


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def another_kind(file: Path) -> None:
    file.write_bytes(b"\x89PNG\r\n" + bytes(500))


def four_bytes_only(file: Path) -> None:
    os.truncate(file, 4)


def cut_in_the_middle(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def cut_by_one(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1)


def one_byte_more(file: Path) -> None:
    with file.open("ab") as out:
        out.write(b"\0")


def longer_statement_than_file(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:-4] + b"\xff\xff\xff\xff")


def first_part_longer_than_it_is(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:4] + b"\xff\xff\xff\xff" + data[8:])


def twice_in_a_row(file: Path) -> None:
    file.write_bytes(file.read_bytes() * 2)


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def gone(file: Path) -> None:
    file.unlink()


WRONG = [
    (emptied, FailureCode.NOT_A_BUNDLE),
    (another_kind, FailureCode.NOT_A_BUNDLE),
    (a_pipe, FailureCode.NOT_A_BUNDLE),
    (a_folder, FailureCode.NOT_A_BUNDLE),
    (gone, FailureCode.STICK_FAILED),
    (four_bytes_only, FailureCode.BUNDLE_DAMAGED),
    (cut_in_the_middle, FailureCode.BUNDLE_DAMAGED),
    (cut_by_one, FailureCode.BUNDLE_DAMAGED),
    (one_byte_more, FailureCode.BUNDLE_DAMAGED),
    (longer_statement_than_file, FailureCode.BUNDLE_DAMAGED),
    (first_part_longer_than_it_is, FailureCode.BUNDLE_DAMAGED),
    (twice_in_a_row, FailureCode.BUNDLE_DAMAGED),
]


def refusals(file: Path, take: Callable[[Path], object]) -> dict[str, FailureCode]:
    """What each wrong form of the file is refused with; the file is as it was in the end."""
    whole, found = file.read_bytes(), {}
    for change, _ in WRONG:
        wrong = file.with_name("wrong")
        wrong.write_bytes(whole)
        change(wrong)
        with pytest.raises(KnownFailure) as failure:
            take(wrong)
        found[change.__name__] = failure.value.code
        if wrong.is_dir():
            wrong.rmdir()
        else:
            wrong.unlink(missing_ok=True)
    return found


def test_a_wrong_bundle_is_refused_whole(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    (file,) = stick.export(outlet)

    assert refusals(file, stick.bring) == {change.__name__: code for change, code in WRONG}

    assert held(operator, outlet) == []
    assert stick.names == {file.name}
    assert stick.bring(file).answers == {"accepted": 1}


def test_wrong_receipts_are_refused_whole(outlet: OutletUnderTest, stick: Stick) -> None:
    slip = outlet.register()
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts
    before = outlet.journal()

    found = refusals(receipts, lambda wrong: stick.take(outlet, wrong))

    assert found == {change.__name__: code for change, code in WRONG}
    assert outlet.state(slip.record_id) is RecordState.QUEUED
    assert outlet.journal() == before


def test_each_side_names_the_file_that_belongs_to_the_other(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts

    for take in (lambda: stick.bring(receipts), lambda: stick.take(outlet, file)):
        with pytest.raises(KnownFailure) as failure:
            take()
        assert failure.value.code is FailureCode.NOT_A_BUNDLE
        assert failure.value.detail in {"a file of receipts", "a bundle of records"}


def test_a_file_under_another_name_is_the_same_file(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    (file,) = stick.export(outlet)
    renamed = file.rename(stick.folder / "holiday.jpg")
    receipts = stick.bring(renamed).receipts.rename(stick.folder / "letter.doc")

    assert stick.take(outlet, receipts).states == {"accepted": 1}


def test_receipts_of_another_outlet_are_named_so(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick, tmp_path: Path
) -> None:
    other = OutletUnderTest(tmp_path / "other")
    other.enrol(operator.url, operator.code(operator.outlet()))
    other.register()
    (file,) = stick.export(other)
    receipts = stick.bring(file).receipts

    with pytest.raises(KnownFailure) as failure:
        stick.take(outlet, receipts)

    assert (failure.value.code, failure.value.detail) == (FailureCode.BUNDLE_NOT_OURS, "terminal")


def test_a_bundle_for_another_operator_is_named_so(
    outlet: OutletUnderTest, stick: Stick, tmp_path: Path
) -> None:
    outlet.register()
    (file,) = stick.export(outlet)
    other = new_operator(tmp_path / "other-operator")

    with open_operator(other.folder) as opened, pytest.raises(KnownFailure) as failure:
        import_bundle(opened, file, stick.folder)

    assert (failure.value.code, failure.value.detail) == (FailureCode.BUNDLE_NOT_OURS, "operator")


def test_a_revoked_terminals_bundle_is_refused_as_its_requests_are(
    operator: OperatorUnderTest, outlet: OutletUnderTest, stick: Stick
) -> None:
    outlet.register()
    (file,) = stick.export(outlet)
    with Stores(outlet.home) as stores:
        (name,) = stores.enrolments.terminals()
    operator.revoke(name)

    with pytest.raises(KnownFailure) as failure:
        stick.bring(file)

    assert failure.value.code is FailureCode.TERMINAL_REVOKED
    assert held(operator, outlet) == []


def test_receipts_that_change_while_they_are_taken_are_not_taken(
    outlet: OutletUnderTest, stick: Stick
) -> None:
    slips = [outlet.register() for _ in range(12)]  # more than is read ahead
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts
    before = outlet.journal()

    def turn_a_byte_after_the_first_round(done: int, of: int) -> None:
        if done == of // 2:
            data = bytearray(receipts.read_bytes())
            data[data.index(b'"answer"') + 12] ^= 1
            receipts.write_bytes(bytes(data))

    with pytest.raises(KnownFailure) as failure:
        import_receipts(outlet.home, receipts, outlet.clock, turn_a_byte_after_the_first_round)

    assert failure.value.code is FailureCode.STICK_FAILED
    assert {outlet.state(slip.record_id) for slip in slips} == {RecordState.QUEUED}
    assert outlet.journal() == before


def test_nothing_else_is_written_over(outlet: OutletUnderTest, stick: Stick) -> None:
    outlet.register()
    letter = stick.folder / "letter"
    letter.write_text("dear customer")

    with pytest.raises(KnownFailure) as failure:
        export(outlet.home, letter, Selection(), Exporting(outlet.clock))
    assert failure.value.code is FailureCode.ARGUMENT_WRONG
    (file,) = stick.export(outlet)
    with pytest.raises(KnownFailure) as failure:
        stick.bring(file, file)
    assert failure.value.code is FailureCode.ARGUMENT_WRONG

    assert letter.read_text() == "dear customer"
    assert stick.names == {"letter", file.name}


def test_no_file_of_either_kind_says_anything_of_a_person(outlet: OutletUnderTest, stick: Stick) -> None:
    from tests.outlet_fixture import card_read, details

    slip = outlet.register(7_654_321, "person-3")
    document = card_read("person-3").document
    (file,) = stick.export(outlet)
    receipts = stick.bring(file).receipts
    told = [document.number, document.name, document.address, details(7_654_321).number, "7001"]

    for data in (file.read_bytes(), receipts.read_bytes()):
        assert slip.record_id.hex.encode() not in data
        for text in told:
            assert text is not None
            for encoding in ("utf-8", "utf-16-le", "gb18030"):
                assert text.encode(encoding) not in data
