"""Findings as clinicians word them, written without a look at the lexicons; and the proof that these do not hold them.

There are two tables, of authors who saw neither each other's: wordings.tsv, on which screening was tuned, and
wordings_measured.tsv, on which it is measured; whoever wrote the lexicons had not seen the second.
`python -m benchmarks.archive.wordings` lists every wording of either that stands, folded, as a label or synonym
of the release, as a cell of a file below nlp/, or in the text of a test; it exits with 1 where there is one. What is
listed is never planted.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from ontology.arrays import StringPool
from ontology.knowledge import Knowledge, root_folder

TUNED = Path(__file__).with_name("wordings.tsv")
MEASURED = Path(__file__).with_name("wordings_measured.tsv")
LANGUAGES = ("en", "zh")
_ROOT = Path(__file__).parents[2]
_CELLS = re.compile(r"[\t\n\r\"',;|=\[\]]+")
_TEXTS = (".py", ".tsv", ".toml", ".txt", ".json", ".jsonl", ".csv")

#: Strings of the compiled lexicons.
_POOLS = {
    "nlp_en": ("spellings", "stems", "singles", "abbreviations", "known"),
    "nlp_zh": ("wordings", "names", "disease_names"),
}

#: HPO id → wordings, by language.
Wordings = Mapping[str, Mapping[str, tuple[str, ...]]]


def read_wordings(table: Path) -> Wordings:
    """Every wording of the table, by language and HPO id."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return {
        language: {row["hpo"]: tuple(row[f"{language}_{at}"] for at in (1, 2)) for row in rows}
        for language in LANGUAGES
    }


@cache
def planted_wordings(table: Path = TUNED) -> Wordings:
    """Those of a table that neither a lexicon nor a test of the recognisers holds; terms without any are left out."""
    known, tests = _known(), _tests()
    return {
        language: {
            term: kept
            for term, wordings in found.items()
            if (kept := tuple(each for each in wordings if not _is_known(each, known, tests)))
        }
        for language, found in read_wordings(table).items()
    }


def _is_known(wording: str, known: frozenset[str], tests: str) -> bool:
    return folded(wording) in known or folded(wording) in tests


def folded(text: str) -> str:
    """Without capitals and spaces, which no reader minds."""
    return re.sub(r"\s+", "", text).casefold()


def _known() -> frozenset[str]:
    knowledge = Knowledge.open(root_folder())
    terms = knowledge.terms
    said = {folded(label) for label in terms.labels}
    said.update(folded(each.text) for term in range(len(terms.labels)) for each in terms.synonyms_of(term))
    said.update(folded(cell) for text in _texts(_ROOT / "nlp") for cell in _CELLS.split(text))
    for room, pools in _POOLS.items():
        for pool in pools:
            said.update(map(folded, StringPool.read(knowledge.folder / room, pool)))
    return frozenset(said)


def _tests() -> str:
    return "\n".join(folded(text) for text in _texts(_ROOT / "tests"))


def _texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if (
            file.suffix in (".py", ".tsv", ".toml", ".txt", ".json", ".jsonl", ".csv")
            and "node_modules" not in file.parts
        ):
            yield file.read_text(encoding="utf-8")


def main() -> int:
    """List what is known already."""
    known, tests = _known(), _tests()
    found = listed = 0
    for table in (TUNED, MEASURED):
        for language, terms in read_wordings(table).items():
            for term, wordings in terms.items():
                for wording in wordings:
                    listed += 1
                    if _is_known(wording, known, tests):
                        found += 1
                        print(f"{table.name}\t{language}\t{term}\t{wording}")
    print(f"{found} of {listed} are known", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
