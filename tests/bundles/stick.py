"""A stick that is carried between an outlet and its operator."""

from pathlib import Path

from operator_backend.bundles import Imported, import_bundle
from operator_backend.installation import open_operator
from outlet_app.store.sealed_records import Selection
from outlet_app.sync.bundles import Exporting, export
from outlet_app.sync.receipt_files import Taken, import_receipts
from tests.operator_fixture import OperatorUnderTest
from tests.outlet_fixture import OutletUnderTest

WAITING = Selection()


class Stick:
    """A folder, and the two ends that it is carried between."""

    def __init__(self, folder: Path, operator: OperatorUnderTest) -> None:
        self.folder = folder
        self.operator = operator
        folder.mkdir(exist_ok=True)

    def export(self, outlet: OutletUnderTest, chosen: Selection = WAITING) -> list[Path]:
        return [bundle.file for bundle in export(outlet.home, self.folder, chosen, Exporting(outlet.clock))]

    def bring(self, bundle: Path, receipts: Path | None = None) -> Imported:
        """The bundle to the operator."""
        with open_operator(self.operator.folder) as operator:
            return import_bundle(operator, bundle, receipts or self.folder)

    def take(self, outlet: OutletUnderTest, receipts: Path) -> Taken:
        """The receipts back to the outlet."""
        return import_receipts(outlet.home, receipts, outlet.clock)

    def there_and_back(self, outlet: OutletUnderTest, chosen: Selection = WAITING) -> list[Taken]:
        return [self.take(outlet, self.bring(file).receipts) for file in self.export(outlet, chosen)]

    @property
    def names(self) -> set[str]:
        """Everything that lies there, hidden files too."""
        return {file.name for file in self.folder.iterdir()}


def held(operator: OperatorUnderTest, outlet: OutletUnderTest) -> list[int]:
    """Sequences that the operator holds of the outlet's terminals, as often as it holds them."""
    with open_operator(operator.folder) as opened, opened.engine.connect() as connection:
        names = terminals_of(outlet)
        rows = connection.exec_driver_sql("SELECT terminal, sequence FROM records ORDER BY sequence")
        return [row.sequence for row in rows if row.terminal in names]


def terminals_of(outlet: OutletUnderTest) -> list[str]:
    from outlet_app.sync.stores import Stores

    with Stores(outlet.home) as stores:
        return stores.enrolments.terminals()
