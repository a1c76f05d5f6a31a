"""Gold notes: `{"id","text","annotations":[{"start","end","hpo","negated"?}]}`, one a line, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms, UnknownTerm


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One annotation; `term` is None where it names no finding, offsets are None where only the document was marked."""

    start: int | None
    end: int | None
    term: str | None
    negated: bool


@dataclass(frozen=True, slots=True)
class GoldNote:
    """One annotated text."""

    id: str
    text: str
    mentions: tuple[GoldMention, ...]


def read_gold(path: Path, terms: Terms) -> Iterator[GoldNote]:
    """Notes of a file; ids are mapped to current ones, those outside Phenotypic abnormality become None."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                note = json.loads(line)
                mentions = tuple(
                    GoldMention(a.get("start"), a.get("end"), finding(a.get("hpo"), terms), bool(a.get("negated")))
                    for a in note["annotations"]
                )
                yield GoldNote(str(note["id"]), note["text"], mentions)


def finding(id: str | None, terms: Terms) -> str | None:
    """The current id of a finding; None where `id` is none or lies outside Phenotypic abnormality.

    A withdrawn id stands for the first term that its editors suggest, as the sets' own scorers read it.
    """
    if id is None:
        return None
    try:
        current = terms.resolve(id.strip().replace("_", ":"))
    except UnknownTerm as error:
        return finding(error.suggestions[0], terms) if error.suggestions else None
    is_finding = bool(terms.is_phenotype[current.position]) and current.id != PHENOTYPIC_ABNORMALITY
    return current.id if is_finding else None
