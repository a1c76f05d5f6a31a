"""How well notes are read: `python -m benchmarks.recognition GOLD.jsonl[.gz] [--nested] [--limit N]`.

Document F1: micro-averaged over the sets of ids per document; ids are mapped to current ones, only terms below
Phenotypic abnormality count; observed, uncertain and historical mentions count as found, others do not. Mention F1: a
mention is right where it overlaps a gold mention of the same id; notes marked as documents only are left out of it.
Findings that a number tells (a centile, a laboratory value) are of another kind, which most English sets do not mark:
they are counted where `--values` names their channels, and in Chinese notes always.
Everything in percent but the last three figures; the speed is that of a second reading, with the words looked up.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gold import GoldMention, GoldNote, read_gold
from nlp.readers import CHINESE, open_readers
from ontology.features import Assertion, Channel, Mention, TextSpan
from ontology.knowledge import Knowledge, root_folder

_FOUND = (Assertion.OBSERVED, Assertion.UNCERTAIN, Assertion.HISTORICAL)
_NEAR = 1  # steps in the graph between a mention and the negated gold mention that it overlaps


@dataclass(slots=True)
class Tally:
    """Counts of right and all, on the side of the answers and on the side of the gold."""

    right_answers: int = 0
    answers: int = 0
    right_gold: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """Percent of answers that are right."""
        return 100 * self.right_answers / self.answers if self.answers else 0.0

    @property
    def recall(self) -> float:
        """Percent of gold that is found."""
        return 100 * self.right_gold / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.recognition", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--nested", action="store_true", help="also report findings inside longer ones")
    told = [channel.value for channel in Channel if channel is not Channel.WORDS]
    parser.add_argument("--values", nargs="+", default=(), choices=told, help="count what these values tell, too")
    parser.add_argument("--limit", type=int, default=None, help="first notes only")
    parser.add_argument("--errors", action="store_true", help="list what differs on stderr")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    notes = list(read_gold(given.gold, knowledge.terms))[: given.limit]
    readers = open_readers(knowledge, nested=given.nested)
    print(f"{len(notes)} notes", file=sys.stderr)
    read = [readers.read(note.id, note.text, note.language).mentions for note in notes]
    counted = (Channel.WORDS, *given.values)
    answers = [
        tuple(m for m in mentions if m.channel in counted or note.language == CHINESE)
        for note, mentions in zip(notes, read, strict=True)
    ]
    started = time.perf_counter()  # timed warm, as a service that runs reads them
    for note in notes:
        readers.read(note.id, note.text, note.language)
    seconds = time.perf_counter() - started
    documents, mentions, negated_as_found = _measure(knowledge, notes, answers)
    if given.errors:
        _list_errors(knowledge, notes, answers)
    print(
        json.dumps(
            {
                "documents": len(notes),
                "precision": round(documents.precision, 1),
                "recall": round(documents.recall, 1),
                "f1": round(documents.f1, 1),
                "mention_f1": round(mentions.f1, 1) if mentions.gold else None,
                "excluded_reported_observed": negated_as_found,
                "characters_per_second": round(sum(len(note.text) for note in notes) / seconds),
                "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )
    return 0


def _measure(
    knowledge: Knowledge, notes: Sequence[GoldNote], answers: Sequence[tuple[Mention, ...]]
) -> tuple[Tally, Tally, int]:
    documents, mentions = Tally(), Tally()
    negated_as_found = 0
    for note, read in zip(notes, answers, strict=True):
        present = [m for m in note.mentions if m.term is not None and not m.negated]
        found = [m for m in read if m.assertion in _FOUND]
        gold_ids, found_ids = {m.term for m in present}, {m.type for m in found}
        both = len(gold_ids & found_ids)
        _add(documents, both, len(found_ids), both, len(gold_ids))
        if all(m.start is not None for m in note.mentions):
            right = sum(any(_same(m, g) for g in present) for m in found)
            met = sum(any(_same(m, g) for m in found) for g in present)
            _add(mentions, right, len(found), met, len(present))
        negated = [g for g in note.mentions if g.negated and g.term is not None]
        negated_as_found += sum(any(_overlap(m, g) and _near(knowledge, m, g) for m in found) for g in negated)
    return documents, mentions, negated_as_found


def _add(tally: Tally, right_answers: int, answers: int, right_gold: int, gold: int) -> None:
    tally.right_answers += right_answers
    tally.answers += answers
    tally.right_gold += right_gold
    tally.gold += gold


def _overlap(mention: Mention, gold: GoldMention) -> bool:
    span = mention.evidence
    if not isinstance(span, TextSpan) or gold.start is None or gold.end is None:
        return False
    return span.start < gold.end and gold.start < span.end


def _same(mention: Mention, gold: GoldMention) -> bool:
    return mention.type == gold.term and _overlap(mention, gold)


def _near(knowledge: Knowledge, mention: Mention, gold: GoldMention) -> bool:
    if gold.term is None:
        return False
    terms = knowledge.terms
    one, other = terms.position(mention.type), terms.position(gold.term)
    return one == other or one in terms.parents[other] or other in terms.parents[one]


def _list_errors(knowledge: Knowledge, notes: Sequence[GoldNote], answers: Sequence[tuple[Mention, ...]]) -> None:
    label = {
        g.term: knowledge.terms.label(knowledge.terms.position(g.term)) for n in notes for g in n.mentions if g.term
    }
    for note, read in zip(notes, answers, strict=True):
        gold_ids = {m.term for m in note.mentions if m.term is not None and not m.negated}
        found_ids = {m.type for m in read if m.assertion in _FOUND}
        for g in note.mentions:
            if g.term in gold_ids - found_ids and not g.negated and g.start is not None:
                over = [(m.type, str(m.assertion)) for m in read if _overlap(m, g)]
                print("missed", note.id, repr(note.text[g.start : g.end]), g.term, label[g.term], over, file=sys.stderr)
        for m in read:
            if m.assertion in _FOUND and m.type not in gold_ids and isinstance(m.evidence, TextSpan):
                name = knowledge.terms.label(knowledge.terms.position(m.type))
                over = [(g.term, label[g.term]) for g in note.mentions if g.term is not None and _overlap(m, g)]
                print("wrong", note.id, repr(m.evidence.text), m.type, name, over, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
