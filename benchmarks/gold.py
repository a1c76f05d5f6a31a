"""Gold notes, one a line: `{"id","text","lang"?,"annotations":[{"start","end","hpo","negated"?,"status"?}]}`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.readers import CHINESE, ENGLISH, recognise_language
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
    language: str = ENGLISH


def read_gold(path: Path, terms: Terms) -> Iterator[GoldNote]:
    """Notes of a file; ids are mapped to current ones, those outside Phenotypic abnormality become None."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                note = json.loads(line)
                mentions = tuple(
                    GoldMention(a.get("start"), a.get("end"), finding(a.get("hpo"), terms), _is_absent(a))
                    for a in note["annotations"]
                )
                yield GoldNote(str(note["id"]), note["text"], mentions, _language(note))


def _is_absent(annotation: Mapping[str, Any]) -> bool:
    """Whether the patient is said not to have it: a relative's finding is not the patient's."""
    return bool(annotation.get("negated")) or annotation.get("status") in ("negated", "excluded", "family")


def _language(note: Mapping[str, Any]) -> str:
    """Chinese where the note says so or is written so; else English, whatever a few strange letters look like."""
    told = note.get("lang") or note.get("language") or recognise_language(note["text"])
    return CHINESE if str(told).lower().startswith(CHINESE) else ENGLISH


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
