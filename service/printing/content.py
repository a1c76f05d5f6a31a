"""What is printed, in words and in its order; every figure is formatted, so that page and PDF only lay it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is said under it; `aside` is told more quietly, beside the label."""

    label: str
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a note, and where they stand; or with no words, what a finding rests on instead."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with what it rests on; `against` are the sources that say otherwise."""

    label: str
    english: str
    id: str
    remarks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    against: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one assertion. `kind` is the assertion, or `dismissed`."""

    kind: str
    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one finding, or one circumstance, does to a disease, and who says so: numbers of the literature list."""

    label: str
    words: str
    nats: str
    references: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease at its rank, with what was matched, what contradicts it and what is missing."""

    rank: str
    name: str
    english: str
    ids: str
    belief: str
    confidence: str
    remarks: tuple[str, ...]
    matched: tuple[Reason, ...]
    related: tuple[Reason, ...]
    against: tuple[Reason, ...]
    missing: tuple[Reason, ...]
    missing_more: str
    unexplained: str
    omitted: str
    total: str


@dataclass(frozen=True, slots=True)
class Test:
    """A test, and everything to be known of it before it is sent."""

    number: str
    code: str
    name: str
    modality: str
    remarks: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off: which decision, for which disease, why, by whom, when. `warning` says so where it is not intact."""

    title: str
    decision: str
    disease: str
    reason: str
    by: str
    when: str
    digest: str
    intact: str
    warning: str


@dataclass(frozen=True, slots=True)
class Impression:
    """What the clinician thought before the ranking was shown; no text where it was passed over."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Head:
    """What every sheet begins with, and what stands on each of its pages."""

    title: str
    status: str
    signed: bool
    conclusion: tuple[str, ...]
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    promise: str
    patient: tuple[Fact, ...]
    running: str
    foot: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report for paper."""

    head: Head
    notices: tuple[str, ...]
    impressions: tuple[Impression, ...]
    findings: tuple[FindingGroup, ...]
    compared: str
    diseases: tuple[Disease, ...]
    tests_told: tuple[str, ...]
    first: tuple[Test, ...]
    tests: tuple[Test, ...]
    signatures: tuple[Signature, ...]
    state: tuple[str, ...]
    literature: tuple[Fact, ...]
    licences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order for some of a report's tests: what is known of the patient, and lines for what is not."""

    head: Head
    department: str
    known: tuple[Fact, ...]
    tests: tuple[Test, ...]
    consents: tuple[str, ...]
    signatures: tuple[str, ...]
