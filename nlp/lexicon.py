"""The compiled lexicon of one language: wordings as sums of word integers, opened from plain arrays.

Every stem has a fixed random-looking 59-bit integer and a wording's key is the *sum* of its stems' integers, so words
may stand in any order and a window over the text grows by one addition and one table look-up a word. With 150,000 keys
and a million windows the chance of one false meeting is about 3 in 10 million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import Bools, Rows, StringPool, read_array, write_array
from ontology.errors import KnowledgeDamaged

FOLDER = "nlp_en"
#: Sums of at most 16 words stay inside a signed 64-bit integer.
_BITS = 59


def word_key(word: str) -> int:
    """The integer of a stem or word, the same in every process."""
    digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - _BITS)


#: Stands for a term in wordings that mean no finding ("Glasgow coma scale").
NO_TERM = -1

#: Rank (lower is believed more readily), stems and term position, or NO_TERM, of a wording.
Entry = tuple[float, int, int]

#: Added to the key of a wording that itself holds "and", "or" or a slash.
AND_KEY = word_key("&")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Opened lexicon. Dictionaries are for look-up by the hot loop and are never written to.

    wordings       key to entry; written as keys int64, ranks float32, sizes int8, terms int32, each (wordings,)
    overrides      key of exact words to the term that they, unlike their stems, name first
    singles        single-word findings by their gentle form: (rank, term)
    abbreviations  by their letters: (rank, term)
    stems          stem to number
    partners       rows (stems,): stems that share a wording with this one
    is_anatomy     bool (stems,)
    spellings      words of wordings, four letters or more, ascending: what a misspelling may be meant for
    known          every word of the release's labels, synonyms and definitions: never a misspelling
    """

    wordings: Mapping[int, Entry]
    overrides: Mapping[int, int]
    singles: Mapping[str, tuple[float, int]]
    abbreviations: Mapping[str, tuple[float, int]]
    stems: Mapping[str, int]
    partners: Rows
    is_anatomy: Bools
    spellings: tuple[str, ...]
    known: frozenset[str]

    @classmethod
    def open(cls, release: Path) -> Lexicon:
        """Open the lexicon compiled into a release folder; raises KnowledgeDamaged where it is absent or unreadable."""
        folder = release / FOLDER
        try:
            return cls._read(folder)
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(
                f"{folder} cannot be read ({type(error).__name__}).", "Run `phenomap knowledge build`."
            ) from error

    @classmethod
    def _read(cls, folder: Path) -> Lexicon:
        keys, *columns = (read_array(folder, name).tolist() for name in ("keys", "ranks", "sizes", "terms"))
        exact = zip(
            read_array(folder, "override_keys").tolist(), read_array(folder, "override_terms").tolist(), strict=True
        )
        return cls(
            wordings=dict(zip(keys, zip(*columns, strict=True), strict=True)),
            overrides=dict(exact),
            singles=_read_names(folder, "singles"),
            abbreviations=_read_names(folder, "abbreviations"),
            stems={stem: number for number, stem in enumerate(StringPool.read(folder, "stems"))},
            partners=Rows.read(folder, "partners"),
            is_anatomy=read_array(folder, "is_anatomy"),
            spellings=tuple(StringPool.read(folder, "spellings")),
            known=frozenset(StringPool.read(folder, "known")),
        )


def write_names(folder: Path, name: str, names: Mapping[str, tuple[float, int]]) -> None:
    """Write a table of names to (rank, term), ascending by name."""
    import numpy as np

    ordered = sorted(names)
    StringPool.of(ordered).write(folder, name)
    write_array(folder, f"{name}_ranks", np.array([names[n][0] for n in ordered], np.float32))
    write_array(folder, f"{name}_terms", np.array([names[n][1] for n in ordered], np.int32))


def _read_names(folder: Path, name: str) -> dict[str, tuple[float, int]]:
    ranks = read_array(folder, f"{name}_ranks").tolist()
    terms = read_array(folder, f"{name}_terms").tolist()
    return dict(zip(StringPool.read(folder, name), zip(ranks, terms, strict=True), strict=True))
