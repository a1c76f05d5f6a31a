"""What is said of findings in patient reports: `python -m benchmarks.report_assertion REPORTS.jsonl[.gz] ...`.

Compares with the project's own labels (benchmarks/labels/README.md). `given` asserts the labelled spans themselves, so
that every label counts; `read` is the whole reader: the mentions that it finds over a label. Each figure is a
percentage with the count and n; `kept_aside` are the ten reports on which no rule was tuned. Asked: excluded reported
as observed and a relative's finding given to the patient, at most 3 % each.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.assertion import AssertionReader
from nlp.readers import open_readers
from nlp.rules import LanguageFolder
from nlp.sections import SectionFinder
from ontology.features import Assertion, TextSpan
from ontology.knowledge import Knowledge, root_folder

LABELS = Path(__file__).parent / "labels" / "reports_assertion.jsonl"
#: What counts as the patient having it: what `matching` ranks by as present.
PRESENT = frozenset({Assertion.OBSERVED, Assertion.HISTORICAL})
_OF_PATIENT = PRESENT | {Assertion.UNCERTAIN, Assertion.EXCLUDED}


@dataclass(frozen=True, slots=True)
class Label:
    """A finding at characters `start` to `end`; `denied` says that a relative does not have it."""

    start: int
    end: int
    status: Assertion
    denied: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A labelled passage."""

    id: str
    text: str
    kept_aside: bool
    labels: tuple[Label, ...]


Answer = tuple[Report, Label, Assertion]


@dataclass(frozen=True, slots=True)
class _Rate:
    """Labels that a rate is over, and answers that count as wrong there."""

    of: Callable[[Label], bool]
    wrong: Callable[[Assertion], bool]


def _is(status: Assertion) -> Callable[[Label], bool]:
    return lambda label: label.status is status


RATES: Mapping[str, _Rate] = {
    "excluded_reported_observed": _Rate(_is(Assertion.EXCLUDED), PRESENT.__contains__),
    "excluded_not_excluded": _Rate(_is(Assertion.EXCLUDED), lambda said: said is not Assertion.EXCLUDED),
    "family_reported_patient": _Rate(_is(Assertion.FAMILY), _OF_PATIENT.__contains__),
    "observed_reported_excluded": _Rate(lambda label: label.status in PRESENT, lambda said: said is Assertion.EXCLUDED),
    "observed_reported_family": _Rate(
        lambda label: label.status in PRESENT, lambda said: said in (Assertion.FAMILY, Assertion.HYPOTHETICAL)
    ),
    "observed_reported_uncertain": _Rate(
        lambda label: label.status in PRESENT, lambda said: said is Assertion.UNCERTAIN
    ),
    "uncertain_reported_observed": _Rate(_is(Assertion.UNCERTAIN), PRESENT.__contains__),
    "historical_reported_absent": _Rate(_is(Assertion.HISTORICAL), lambda said: said not in PRESENT),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.report_assertion", description=__doc__)
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--errors", action="store_true", help="list what differs on stderr, but for those kept aside")
    parser.add_argument("--errors-kept-aside", action="store_true", help="list those of the reports kept aside, too")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    reports, unknown = read_reports(given.labels, texts_by_id(given.reports))
    if unknown:
        print(f"no text given for {', '.join(unknown)}", file=sys.stderr)
    of_spans = list(assert_labels(reports))
    of_reader = list(_read(reports, Knowledge.open(root_folder(given.knowledge))))
    if given.errors:
        _list_errors(of_spans, given.errors_kept_aside)
    told = {
        "reports": len(reports),
        "labels": sum(len(report.labels) for report in reports),
        "texts_not_given": len(unknown),
        "given": rates(of_spans),
        "given_kept_aside": rates([a for a in of_spans if a[0].kept_aside]),
        "read": rates(of_reader),
        "read_kept_aside": rates([a for a in of_reader if a[0].kept_aside]),
    }
    print(json.dumps(told, indent=1))
    return 0


def texts_by_id(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Texts of JSON lines `{"id", "text"}`, plain or gzipped; several sets may hold one id."""
    texts: dict[str, list[str]] = {}
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in filter(str.strip, lines):
                row = json.loads(line)
                texts.setdefault(str(row["id"]), []).append(row["text"])
    return texts


def read_reports(labels: Path, texts: Mapping[str, Sequence[str]]) -> tuple[list[Report], list[str]]:
    """Labelled passages whose words are, by their hash, those that were labelled; and ids of which none was given."""
    reports, unknown = [], []
    for line in filter(str.strip, labels.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        passages = [text[row.get("start", 0) : row.get("end", len(text))] for text in texts.get(row["id"], ())]
        same = [text for text in passages if hashlib.sha256(text.encode()).hexdigest() == row["sha256"]]
        if same:
            reports.append(Report(row["id"], same[0], row["kept_aside"], tuple(_labels(row["labels"]))))
        else:
            unknown.append(row["id"])
    return reports, unknown


def _labels(rows: Iterable[Mapping[str, Any]]) -> Iterator[Label]:
    for row in rows:
        yield Label(row["start"], row["end"], Assertion(row["status"]), row.get("denied", False))


def assert_labels(reports: Iterable[Report]) -> Iterator[Answer]:
    """What the rules say of each labelled span."""
    rules = LanguageFolder("en")
    reader, sections = AssertionReader.of(rules.assertion), SectionFinder(rules.sections)
    for report in reports:
        spans = [(label.start, label.end) for label in report.labels]
        asserted = reader.assert_spans(report.text, spans, sections.find(report.text))
        said = [one.assertion for one in asserted]
        yield from zip([report] * len(spans), report.labels, said, strict=True)


def _read(reports: Iterable[Report], knowledge: Knowledge) -> Iterator[Answer]:
    readers = open_readers(knowledge)
    for report in reports:
        for mention in readers.read(report.id, report.text, "en").mentions:
            span = mention.evidence
            if isinstance(span, TextSpan):
                over = [label for label in report.labels if label.start < span.end and span.start < label.end]
                if over:
                    yield report, over[0], mention.assertion


def rates(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """Each rate in percent of its labels, with the count of wrong ones and n."""
    told = {}
    for name, rate in RATES.items():
        said = [assertion for _, label, assertion in answers if rate.of(label)]
        wrong = sum(map(rate.wrong, said))
        told[name] = {"percent": round(100 * wrong / len(said), 1) if said else 0.0, "wrong": wrong, "n": len(said)}
    return told


def _list_errors(answers: Iterable[Answer], kept_aside: bool) -> None:
    for report, label, said in answers:
        right = said is label.status or (label.denied and said is Assertion.HYPOTHETICAL)
        if not right and (kept_aside or not report.kept_aside):
            before = " ".join(report.text[max(0, label.start - 120) : label.start].split())
            behind = " ".join(report.text[label.end : label.end + 60].split())
            words = f"{before} [{report.text[label.start : label.end]}] {behind}"
            print(report.id, f"{label.status} not {said}", words, sep="\t", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
