"""How the project's Chinese wordings agree with the HPO's translation: `python -m benchmarks.chinese_names FILE`.

FILE is hp-zh.babelon.tsv, plain or packed by gzip. Terms that both name are counted by where the official label stands:
it is our name, one of our synonyms, a wording of ours for another term, or none of ours. The last two are listed as
tab-separated rows for review, those of another term first; the figures are the last line.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.chinese.lexicon import FOLDER
from nlp.chinese.script import Script
from nlp.chinese.term_wordings import TermWordings, read_terms
from ontology.compile.babelon import lay_translation, read_table, read_translation
from ontology.knowledge import Knowledge, root_folder
from ontology.terms import Terms, UnknownTerm

NAME, SYNONYM, ANOTHER, NONE = "our_name", "our_synonym", "our_wording_of_another_term", "no_wording_of_ours"
_HEADER = ("id", "label", "ours", "official", "stands", "as_ours_of")


@dataclass(frozen=True, slots=True)
class Compared:
    """One term that both name; `other` is the term of which the official label is our wording, where of another."""

    term: int
    ours: str
    official: str
    stands: str
    other: int | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """List what differs and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.chinese_names", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    terms = knowledge.terms
    translation = read_translation(read_table(given.file))
    labels, lacking = lay_translation(translation, terms)
    official = {term: label for term, label in enumerate(labels.labels) if label and terms.is_phenotype[term]}
    ours = _ours(read_terms(), terms)
    compared = list(compare(ours, official, Script.read(knowledge.folder / FOLDER)))
    print("\t".join(_HEADER))
    for each in sorted(compared, key=lambda one: (one.stands != ANOTHER, terms.id(one.term))):
        if each.stands in (ANOTHER, NONE):
            print("\t".join(_row(each, terms)))
    print(json.dumps(_figures(ours, official, compared, lacking), ensure_ascii=False))
    return 0


def compare(ours: Mapping[int, TermWordings], official: Mapping[int, str], script: Script) -> Iterator[Compared]:
    """Every term that both name, by its position."""
    owners: dict[str, int] = {}
    for term, row in ours.items():
        for wording in row.wordings:
            owners.setdefault(script.fold(wording), term)
    for term in ours.keys() & official.keys():
        row, label = ours[term], script.fold(official[term])
        if label == script.fold(row.name):
            yield Compared(term, row.name, official[term], NAME)
        elif label in map(script.fold, row.wordings):
            yield Compared(term, row.name, official[term], SYNONYM)
        elif label in owners:
            yield Compared(term, row.name, official[term], ANOTHER, owners[label])
        else:
            yield Compared(term, row.name, official[term], NONE)


def _ours(rows: Sequence[TermWordings], terms: Terms) -> dict[int, TermWordings]:
    """Our rows by position; of two rows of one term the first."""
    found: dict[int, TermWordings] = {}
    for row in rows:
        try:
            found.setdefault(terms.resolve(row.id).position, row)
        except UnknownTerm:
            continue
    return found


def _row(each: Compared, terms: Terms) -> tuple[str, ...]:
    other = "" if each.other is None else f"{terms.id(each.other)} {terms.label(each.other)}"
    return terms.id(each.term), terms.label(each.term), each.ours, each.official, each.stands, other


def _figures(
    ours: Mapping[int, TermWordings], official: Mapping[int, str], compared: Sequence[Compared], lacking: int
) -> dict[str, int | float]:
    counted = Counter(each.stands for each in compared)
    agreed = counted[NAME] + counted[SYNONYM]
    return {
        "ours": len(ours),
        "official": len(official),
        "both": len(compared),
        **{stands: counted[stands] for stands in (NAME, SYNONYM, ANOTHER, NONE)},
        "agreed_percent": round(100 * agreed / max(len(compared), 1), 1),
        "official_only": len(official.keys() - ours.keys()),
        "ours_only": len(ours.keys() - official.keys()),
        "labels_of_terms_that_this_release_lacks": lacking,
    }


if __name__ == "__main__":
    raise SystemExit(main())
