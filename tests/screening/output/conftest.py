"""A run's parts by hand: rows of patients, and flagged ones with a small report."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from screening.output.outcome import Outcome, PartFiles, SourceTold
from screening.threshold import Rule, Threshold
from service.catalogues import DICTIONARIES

WORDS = {
    language: {key: text for key, text in words.items() if key.startswith("screen.")}
    for language, words in DICTIONARIES.items()
}


def patient(name: str, score: float | None = None, **other: Any) -> dict[str, Any]:
    """A row as screening.candidate makes it."""
    return {
        "patient": name,
        "sex": "female",
        "age_days": 2283,
        "span_days": 400,
        "notes": 3,
        "copied_notes": 1,
        "characters": 900,
        "copied_characters": 100,
        "set_aside": 0,
        "photos": 0,
        "languages": ["en"],
        "findings": 0 if score is None else 4,
        "excluded": 1,
        "systems": [] if score is None else ["HP:0000478", "HP:0001626"],
        "score": score,
        "why_not": "too_few_findings" if score is None else None,
        "diseases": [] if score is None else [{"id": "OMIM:154700", "name": "Marfan syndrome", "probability": 0.61}],
        "features": [
            {
                "id": "HP:0001166",
                "label": "Arachnodactyly",
                "assertion": "observed",
                "first_day": 12,
                "last_day": 90,
                "age_days": 1895,
                "notes": 2,
                "nats": 3.1,
            }
        ],
        **other,
    }


def told(row: dict[str, Any], rank: int, text: str = "long thin fingers", **quote: Any) -> dict[str, Any]:
    """A flagged patient as screening.told makes it."""
    reason = {
        "label": "Arachnodactyly",
        "words": "Annotated with exactly this.",
        "nats": 4.1,
        "rows": [{"references": ["PMID:20591885"]}, {"references": ["PMID:20591885", "ORPHA:558"]}],
    }
    against = {"label": "Ectopia lentis", "words": "Absent in the patient.", "nats": -1.2}
    disease = {
        "id": "OMIM:154700",
        "name": "Marfan syndrome",
        "probability": 0.61,
        "contributions": [reason],
        "contradictions": [against],
        "look_for": [{"label": "Aortic root aneurysm"}],
    }
    test = {
        "name": "FBN1 sequencing",
        "reason": "FBN1 stands for 61 % of the belief.",
        "genes": ["FBN1"],
        "cannot_see": ["low-level mosaicism"],
        "if_negative": "Trio exome.",
    }
    shown = {
        "day": 12,
        "kind": "discharge letter",
        "before": "She has ",
        "text": text,
        "after": " and scoliosis.",
        "assertion": "observed",
        **quote,
    }
    finding = {
        "id": "HP:0001166",
        "label": "Arachnodactyly",
        "assertion": "observed",
        "first_day": 12,
        "age_days": 1895,
        "quotes": [shown],
    }
    report = {"diseases": [disease], "genes": [{"symbol": "FBN1"}], "tests": [test]}
    return {**row, "rank": rank, "chance": 0.4, "findings_told": [finding], "report": report}


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., PartFiles]:
    """Writes parts as the workers do: the rows, and the told patients, each a list a part."""

    def write(rows: Iterable[list[dict[str, Any]]], flagged: Iterable[list[dict[str, Any]]] = ()) -> PartFiles:
        for kind, parts in (("parts", rows), ("told", flagged)):
            (tmp_path / kind).mkdir(exist_ok=True)
            for number, part in enumerate(parts):
                lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in part)
                packed = gzip.compress(lines.encode("utf-8", "surrogatepass"), mtime=0)
                (tmp_path / kind / f"{number:04d}.jsonl.gz").write_bytes(packed)
        return PartFiles.of(tmp_path / "parts", tmp_path / "told")

    return write


@pytest.fixture
def make_outcome() -> Callable[..., Outcome]:
    """The numbers of a run of four patients, one of them flagged, with some replaced."""

    def make(**other: Any) -> Outcome:
        numbers: dict[str, Any] = {
            "run": "run-7",
            "knowledge": "2026-06-06",
            "software": "Phenomap 0.1.0",
            "made_at": datetime(2026, 11, 23, 19, 12, tzinfo=UTC),
            "sources": (SourceTold("csv", "notes.csv"),),
            "notes": 12,
            "patients": 4,
            "ranked": 3,
            "rule": Rule(0.01, 0.1, 0.25),
            "threshold": Threshold(9.5, 1, 0.4, "share", ((0, 0.0), (1, 0.4), (2, 0.5), (3, 0.55))),
            "seconds": 4.0,
            "set_aside": {"no_text": 2},
            "systems": {"HP:0000478": "Abnormality of the eye"},
            **other,
        }
        return Outcome(**numbers)

    return make


@pytest.fixture
def words() -> dict[str, dict[str, str]]:
    """The texts of the page by language."""
    return WORDS


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """See patient."""
    return patient


@pytest.fixture
def flagged_row() -> Callable[..., dict[str, Any]]:
    """See told."""
    return told
