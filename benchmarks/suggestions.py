"""Suggestions on what is not read: `python -m benchmarks.suggestions GOLD.jsonl[.gz]... [--least LIKENESS] [--list]`.

Only mentions of the gold count that overlap nothing read ("missed"). `span_hit@k`: the gold's own words are looked up
and the right term is among the first k: what the index is worth. `hit@k`: a suggestion made on the note alone overlaps
the missed mention and holds the right term: what a reader of the page is offered. `useful`: of all suggestions, those
that hold a missed finding's term. Percent, but `suggestions_per_1000_characters`, `ms_per_note` (suggesting alone, the
index built), `index_seconds`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gold import GoldMention, read_gold
from nlp.english import EnglishReader
from nlp.suggestions import Suggester, Suggestion
from ontology.features import TextSpan
from ontology.knowledge import Knowledge, root_folder


@dataclass(slots=True)
class Counts:
    """What was counted over all notes."""

    notes: int = 0
    characters: int = 0
    missed: int = 0
    span_first: int = 0
    span_five: int = 0
    first: int = 0
    five: int = 0
    suggestions: int = 0
    useful: int = 0
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.suggestions", description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=None, help="first notes of each file only")
    parser.add_argument("--least", type=float, default=None, help="least likeness of the first term")
    parser.add_argument("--list", action="store_true", help="list the suggestions on stderr")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    english = EnglishReader.open(knowledge)
    suggester = Suggester(knowledge, english) if given.least is None else Suggester(knowledge, english, given.least)
    started = time.perf_counter()
    suggester.terms_near("finding")
    index_seconds = time.perf_counter() - started
    counts = Counts()
    for path in given.gold:
        for note in list(read_gold(path, knowledge.terms))[: given.limit]:
            mentions = english.read(note.id, note.text).mentions
            started = time.perf_counter()
            made = suggester.suggest(note.text, mentions).suggestions
            counts.seconds += time.perf_counter() - started
            counts.notes += 1
            counts.characters += len(note.text)
            read = [m.evidence for m in mentions if isinstance(m.evidence, TextSpan)]
            missed = [g for g in note.mentions if g.term and not any(_over(g, span) for span in read)]
            _count(counts, suggester, note.text, [g for g in missed if g.start is not None], made)
            if given.list:
                for each in made:
                    near = ", ".join(f"{term.label} {term.likeness}" for term in each.terms)
                    print(note.id, repr(each.text), near, sep="\t", file=sys.stderr)
    print(json.dumps(_figures(counts, index_seconds)))
    return 0


def _count(
    counts: Counts, suggester: Suggester, text: str, missed: list[GoldMention], made: tuple[Suggestion, ...]
) -> None:
    counts.suggestions += len(made)
    counts.missed += len(missed)
    useful: set[int] = set()
    for gold in missed:
        near = [term.id for term in suggester.terms_near(text[gold.start : gold.end])]
        counts.span_first += near[:1] == [gold.term]
        counts.span_five += gold.term in near
        over = [each for each in made if _over(gold, each)]
        counts.first += any(each.terms[0].id == gold.term for each in over)
        holding = [each.start for each in over if any(term.id == gold.term for term in each.terms)]
        counts.five += bool(holding)
        useful.update(holding)
    counts.useful += len(useful)


def _over(gold: GoldMention, span: TextSpan | Suggestion) -> bool:
    return gold.start is not None and gold.end is not None and span.start < gold.end and gold.start < span.end


def _figures(counts: Counts, index_seconds: float) -> dict[str, float | int]:
    def percent(part: int, whole: int) -> float:
        return round(100 * part / whole, 1) if whole else 0.0

    return {
        "notes": counts.notes,
        "missed": counts.missed,
        "span_hit@1": percent(counts.span_first, counts.missed),
        "span_hit@5": percent(counts.span_five, counts.missed),
        "hit@1": percent(counts.first, counts.missed),
        "hit@5": percent(counts.five, counts.missed),
        "useful": percent(counts.useful, counts.suggestions),
        "suggestions_per_1000_characters": round(1000 * counts.suggestions / max(1, counts.characters), 2),
        "ms_per_note": round(1000 * counts.seconds / max(1, counts.notes), 1),
        "index_seconds": round(index_seconds, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
