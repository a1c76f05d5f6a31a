"""What the page tells of a flagged patient, taken from its line of flagged.jsonl."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ontology.features import Assertion
from screening.told import AROUND

#: Of each patient in the page; flagged.jsonl holds all.
DISEASES, REASONS, AGAINST, PAPERS, LOOK_FOR, TESTS, QUOTES = 5, 8, 3, 4, 6, 3, 3
#: Chinese characters before and after a quotation in the page: they say as much as twice as many Latin letters.
_AROUND_WIDE = 40
#: Groups of findings, in the order in which they are told.
GROUPS = (
    Assertion.OBSERVED,
    Assertion.HISTORICAL,
    Assertion.UNCERTAIN,
    Assertion.EXCLUDED,
    Assertion.FAMILY,
    Assertion.HYPOTHETICAL,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a note with those around them; `day` counts from the patient's first dated note.

    `assertion` is there where the words say something else of the finding than is made of all notes together.
    """

    day: int | None
    kind: str | None
    before: str
    text: str
    after: str
    assertion: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding; `notes` is in how many notes it stands."""

    id: str
    label: str
    first_day: int | None
    age_days: int | None
    notes: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding that speaks for a disease or against it, in `words`, by so many nats, with the papers behind."""

    label: str
    words: str
    nats: float
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease that the findings resemble; `belief` from 0 to 1, `look_for` what is not known yet."""

    id: str
    name: str
    belief: float
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    look_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A test to order, why, and what it cannot see."""

    name: str
    reason: str
    genes: int
    cannot_see: tuple[str, ...]
    if_negative: str


@dataclass(frozen=True, slots=True)
class Told:
    """A flagged patient, without a name."""

    rank: int
    patient: str
    sex: str
    age_days: int | None
    span_days: int | None
    notes: int
    copied_notes: int
    languages: tuple[str, ...]
    score: float | None
    chance: float | None
    present: int
    findings: Mapping[str, Sequence[Finding]]
    diseases: tuple[Disease, ...]
    genes: tuple[str, ...]
    tests: tuple[Test, ...]


def told(row: Mapping[str, Any]) -> Told:
    """A line of flagged.jsonl as the page tells it; raises KeyError for a line of another shape."""
    report = row["report"]
    return Told(
        row["rank"],
        row["patient"],
        row["sex"],
        row["age_days"],
        row["span_days"],
        row["notes"],
        row["copied_notes"],
        tuple(row["languages"]),
        row["score"],
        row["chance"],
        row["findings"],
        _findings(row),
        tuple(map(_disease, report["diseases"][:DISEASES])),
        tuple(gene["symbol"] for gene in report.get("genes", ())[:DISEASES]),
        tuple(map(_test, report["tests"][:TESTS])),
    )


def _findings(row: Mapping[str, Any]) -> dict[str, list[Finding]]:
    """By assertion, in the order of GROUPS; groups without any are left out."""
    notes = {(each["id"], each["assertion"]): each["notes"] for each in row["features"]}
    groups: dict[str, list[Finding]] = {group.value: [] for group in GROUPS}
    for each in row["findings_told"]:
        quotes = tuple(_quote(quote, each["assertion"]) for quote in each["quotes"][:QUOTES])
        groups[each["assertion"]].append(
            Finding(
                each["id"],
                each["label"],
                each["first_day"],
                each["age_days"],
                notes.get((each["id"], each["assertion"]), len(quotes)),
                quotes,
            )
        )
    return {group: found for group, found in groups.items() if found}


def _quote(quote: Mapping[str, Any], made_of_all: str) -> Quote:
    """What is cut from a longer text begins and ends with a whole word, where words have blanks between them."""
    before, after = quote["before"], quote["after"]
    most = _AROUND_WIDE if any("\u3000" <= letter <= "\u9fff" for letter in before + after) else AROUND
    if len(before) >= most:
        before = before[-most:]
        _, blank, rest = before.partition(" ")
        before = "… " + rest if blank and most == AROUND else "…" + before
    if len(after) >= most:
        after = after[:most]
        rest, blank, _ = after.rpartition(" ")
        after = rest + " …" if blank and most == AROUND else after + "…"
    said = quote.get("assertion")
    other = said if said != made_of_all else None
    return Quote(quote["day"], quote["kind"], before.lstrip(), quote["text"], after.rstrip(), other)


def _disease(disease: Mapping[str, Any]) -> Disease:
    speaking = [each for each in disease["contributions"] if each["nats"] > 0]
    return Disease(
        disease["id"],
        disease["name"],
        disease["probability"],
        _reasons(speaking, REASONS),
        _reasons(disease.get("contradictions", ()), AGAINST),
        tuple(each["label"] for each in disease.get("look_for", ())[:LOOK_FOR]),
    )


def _reasons(contributions: Iterable[Mapping[str, Any]], most: int) -> tuple[Reason, ...]:
    """The weightiest."""
    ordered = sorted(contributions, key=lambda each: -abs(each["nats"]))
    return tuple(Reason(each["label"], each["words"], each["nats"], _papers(each)) for each in ordered[:most])


def _papers(contribution: Mapping[str, Any]) -> tuple[str, ...]:
    references = (name for row in contribution.get("rows", ()) for name in row.get("references", ()))
    return tuple(islice(dict.fromkeys(references), PAPERS))


def _test(test: Mapping[str, Any]) -> Test:
    return Test(
        test["name"],
        test["reason"],
        len(test.get("genes", ())),
        tuple(test["cannot_see"]),
        test.get("if_negative") or "",
    )
