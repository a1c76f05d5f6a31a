"""Tests already done: interpretations without a diagnosis, whose `summary` has a form of our own.

    modality, target, genes A B C, result, year

Each part may be missing but the result. Of target and genes only symbols of genes are told, for other words might name
someone; of many genes only how many.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from matching.genetic_tests.known import TestResult
from service.models.known import FIRST_YEAR, NAME, ModalityWord, TestDoneInput
from service.phenopackets.names import GENES, PROGRESS, Json
from service.phenopackets.taken import Gathering

#: Genes of a test that are named in its summary; more are counted.
TOLD_GENES = 20
_COUNTED = re.compile(r"[0-9]{1,5} genes")


def read_test(each: Json, path: str, gathering: Gathering) -> Json | None:
    """Fields of TestDoneInput; None, and left out, where the summary is not of our form."""
    parts = str(each.get("summary", "")).split(", ")
    told: Json = {}
    if parts and parts[0] in tuple(ModalityWord):
        told["modality"] = parts.pop(0)
    if parts and re.fullmatch("[0-9]{4}", parts[-1]) and int(parts[-1]) >= FIRST_YEAR:
        told["year"] = int(parts.pop())
    if "modality" not in told or not parts or parts[-1] not in tuple(TestResult):
        gathering.leave(path)
        return None
    told["result"] = parts.pop()
    for part in parts:
        if _COUNTED.fullmatch(part):
            gathering.leave(f"{path}.summary")
        elif part.startswith(GENES):
            told["genes"] = part.removeprefix(GENES).split()
        elif re.fullmatch(NAME, part):
            told["target"] = part
        else:
            gathering.leave(f"{path}.summary")
    gathering.rest(each, path, "id", "progressStatus", "summary")
    return told if gathering.checked(TestDoneInput, told, path) is not None else None


def tell_tests(case: str, tests: Sequence[TestDoneInput], symbols: Container[str]) -> tuple[list[Json], int]:
    """An Interpretation for each, and how many have something that is not told."""
    told, shortened = [], 0
    for at, test in enumerate(tests, 1):
        genes = [gene for gene in test.genes if gene in symbols]
        target = test.target if test.target in symbols else ""
        looked = f"{GENES}{' '.join(genes)}" if len(genes) <= TOLD_GENES else f"{len(genes)} genes"
        kind = test.modality.value if test.modality else ""
        parts = (kind, target, looked if genes else "", test.result.value, str(test.year or ""))
        summary = ", ".join(part for part in parts if part)
        told.append({"id": f"{case}-test-{at}", "progressStatus": PROGRESS[test.result], "summary": summary})
        whole = len(genes) == len(test.genes) <= TOLD_GENES and target == test.target and not test.code
        shortened += not whole
    return told, shortened
