"""The schemas say what the code writes, and refuse a field too many or too few."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import outlet_app.contract
from outlet_app.contract.contact import ChainState, ContactAnswer, FormerChain, Item, ItemAnswer
from outlet_app.contract.decision import Decision, DecisionMark
from outlet_app.contract.document_form import document_to_form
from outlet_app.contract.operator_keys import KeyStatement, KeyUse, OperatorKey, key_id
from outlet_app.contract.policy import BUILT_IN
from outlet_app.contract.probe import ProbeAnswer
from outlet_app.contract.roster import ClerkEntry, Roster
from outlet_app.contract.sealed_part import AmendmentPart, VoidPart
from outlet_app.contract.sealing import SuiteName
from outlet_app.contract.signed_object import signed_from_form
from outlet_app.domain.registrations import Corrections, Person, Role, VoidReason
from tests.contract import fictional

FOLDER = Path(outlet_app.contract.__file__).parent
SCHEMAS = json.loads((FOLDER / "schemas" / "v1.json").read_text())
VECTORS = json.loads((FOLDER / "vectors" / "v1.json").read_text())
NONE = "0" * 64


def opened(plaintext: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(plaintext[4 : 4 + int.from_bytes(plaintext[:4], "big")])
    return value


def examples() -> dict[str, Any]:
    record = VECTORS["records"][0]
    plaintext = bytes.fromhex(record["plaintext"])
    receipt = signed_from_form(VECTORS["receipt"]["receipt"], "receipt")
    message = json.loads(VECTORS["enrolment"]["request"])
    moment = fictional.MOMENT
    key = OperatorKey(key_id(b"k" * 32), KeyUse.SEAL, SuiteName.X25519, b"k" * 32, moment, moment)
    item = Item(NONE, fictional.RECORD_ID, ItemAnswer.ACCEPTED, receipt)
    sealed = opened(plaintext)
    return {
        "header": json.loads(record["header"]),
        "sealed_part": sealed,
        "party": sealed["parties"][0],
        "void_part": opened(
            VoidPart(
                record_id=fictional.RECORD_ID,
                clerk="1001",
                clerk_role=Role.CLERK,
                approver=Person("2001", Role.SUPERVISOR),
                program="outlet-app 0.1.0",
                reason=VoidReason.WRONG_NUMBER,
            ).encode()
        ),
        "amendment_part": opened(
            AmendmentPart(
                record_id=fictional.RECORD_ID,
                clerk="1001",
                clerk_role=Role.CLERK,
                program="outlet-app 0.1.0",
                corrections=Corrections(number="13800130001"),
                notice="1",
            ).encode()
        ),
        "document": document_to_form(fictional.document()),
        "signed_object": receipt.to_form(),
        "receipt": json.loads(receipt.body),
        "message": message,
        "operator_keys": KeyStatement(1, "operator", (key,)).to_value(),
        "policy": BUILT_IN.to_value(),
        "roster": Roster(1, "t", "o", (ClerkEntry("1001", Role.CLERK, bytes(16), bytes(32)),)).to_value(),
        "chain_state": ChainState(
            "t",
            0,
            NONE,
            0,
            NONE,
            1,
            1,
            1,
            0,
            NONE,
            0,
            moment,
            None,
            (FormerChain("s", 3), FormerChain("r", 0)),
            DecisionMark(4, NONE),
        ).to_value(),
        "item": item.to_value(),
        "contact_answer": ContactAnswer(
            "n",
            "t",
            moment,
            "m",
            (item,),
            1,
            NONE,
            None,
            50,
            60,
            False,
            1,
            1,
            1,
            (2, 5),
            3,
            "o",
            "name",
            None,
            decisions=(Decision(5, receipt),),
            more_decisions=True,
        ).to_value(),
        "probe_answer": ProbeAnswer("n", "operator", moment, "m").to_value(),
    }


@pytest.mark.parametrize("name", sorted(examples()))
def test_what_the_code_writes_fits_its_schema(name: str) -> None:
    schema = {**SCHEMAS, "$ref": f"#/$defs/{name}"}
    validator = jsonschema.Draft202012Validator(schema)
    example = examples()[name]
    validator.validate(example)
    short = dict(example)
    short.pop(min(short))
    assert not validator.is_valid(short)


def test_every_schema_is_itself_sound() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS)
