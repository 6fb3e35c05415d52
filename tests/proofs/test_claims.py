"""The table of claims says what the checks' results say: here the lemmas', which run anyway."""

from dataclasses import asdict, replace

import pytest

from tee_rider.model_check.claim_table import FAILED, Evidence, drift, row_of
from tee_rider.model_check.claims import CLAIMS, Claim
from tee_rider.model_check.commands.claims import README
from tee_rider.model_check.commands.verify import proofs_covered
from tests.proofs.conftest import check

OF_LEMMAS = [claim for claim in CLAIMS if claim.command[:1] == ("prove",)]
NUMBERS = sorted({claim.command[2] for claim in OF_LEMMAS})
BRIDGES = README.parents[3] / "tests" / "proofs" / "bridges"


def evidence(number: str) -> Evidence:
    results = [asdict(result) for result in check(number)]
    document = {"results": results}
    holds = all(result["holds"] for result in results)
    return Evidence(0 if holds else 1, document, proofs_covered(document), 0.0)


def claims_of(number: str) -> list[Claim]:
    return [claim for claim in OF_LEMMAS if claim.command[2] == number]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_table_says_what_the_lemma_shows(number: str) -> None:
    found = evidence(number)
    rows = [row_of(claim, found) for claim in claims_of(number)]
    assert [row.claim for row in rows if row.status == FAILED] == []
    assert drift(rows, README.read_text(encoding="utf-8")) == []


def test_a_claim_whose_result_is_missing_or_fails_is_not_called_proved() -> None:
    claim, found = claims_of("01")[0], evidence("01")
    assert row_of(claim, found).status == "proved"
    assert (
        row_of(replace(claim, results=("two quorums share two replicas",)), found).status == FAILED
    )
    assert row_of(replace(claim, results=()), found).status == FAILED
    spoilt = [{**r, "holds": r["kind"] != "proved"} for r in found.document["results"]]
    assert row_of(claim, replace(found, document={"results": spoilt})).status == FAILED
    assert row_of(claim, replace(found, exit_code=1)).status == FAILED


def test_a_refuted_claim_needs_a_counterexample() -> None:
    refuted = next(claim for claim in claims_of("05") if claim.status == "refuted")
    found = evidence("05")
    assert row_of(refuted, found).status == "refuted"
    proved = replace(refuted, results=("n = 5: no more than 3 leaders can be starved",))
    assert row_of(proved, found).status == FAILED


def test_what_is_called_bridged_has_a_bridge() -> None:
    bridged = {claim.command[2] for claim in OF_LEMMAS if claim.bridged}
    assert bridged == {file.stem[-2:] for file in BRIDGES.glob("test_bridge_0*.py")}
