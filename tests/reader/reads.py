"""Reading a card the way the program does, for tests."""

import threading
from dataclasses import dataclass, field

from outlet_app.domain.cards import CardRead
from outlet_app.reader.catalogue import Catalogue
from outlet_app.reader.connect import open_reader
from outlet_app.reader.ports import parse_port
from outlet_app.reader.reading import wait_for_card
from outlet_app.reader.steps import Rung, Step, StepName


@dataclass
class Steps:
    """Everything that was told on the way."""

    told: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> None:
        self.told.append(step)

    @property
    def names(self) -> list[StepName]:
        """Names in the order told, repetitions in a row left out."""
        names: list[StepName] = []
        for step in self.told:
            if names[-1:] != [step.name]:
                names.append(step.name)
        return names

    @property
    def rungs(self) -> list[Rung]:
        return [step.rung for step in self.told if step.rung is not None]


def read_at(
    port: str, catalogue: Catalogue, *, timeout_s: float = 5.0, steps: Steps | None = None
) -> CardRead:
    """Open, read one card, close."""
    session = open_reader(parse_port(port), catalogue)
    try:
        return wait_for_card(session, timeout_s=timeout_s, on_step=steps or Steps(), stop=threading.Event())
    finally:
        session.close()
