"""The compact table: what each finding adds to each disease, in whole steps, mapped and shared by workers.

A score is a sum over findings, so a patient's scores are the sum of a few rows of bytes. Most codes fit a byte; of the
few that do not (a dozen a row: the diseases that the finding speaks for most) the excess is listed apart, so that a
step is half as long: on the open cases MRR is then .0007 below that of the exact score, and not .0017. What the
steps leave uncertain is known: `error` is the greatest deviation of any entry, measured over all of them when the table
is compiled, so that the exact score can be asked for only where the order depends on it (matching/lm/shortlist.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.lm.model import LanguageModel
from matching.lm.query import Query
from matching.lm.score import EXCLUDED_BOUND_NATS, add_up, nats
from ontology.arrays import Floats, Ints, Longs, read_array, write_array
from ontology.errors import KnowledgeDamaged, KnowledgeForeign
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms

_NAMES = ("codes", "row_of", "sums", "floors", "scale", "model")
_PREFIX = "table"
_REBUILD = "Run `phenomap knowledge build`."
#: The highest code, and the highest that a byte holds.
_TOP, _BYTE = 510, 255
#: So many rows add up within 16 bits.
MOST_ROWS = 65_535 // _TOP
#: A row begins where a cache line does.
_LINE = 64
#: Relative error of one float32 operation, twice over.
_ROUNDING = 2.0**-22


@dataclass(frozen=True, slots=True)
class Excess:
    """What codes have beyond a byte. Row r is `[pointers[r]:pointers[r + 1]]`, each disease once.

    pointers  int64  (rows + 1,)
    diseases  int32  (entries,)
    codes     uint16 (entries,)
    """

    pointers: Longs
    diseases: Ints
    codes: NDArray[np.uint16]

    def add_to(self, total: NDArray[np.unsignedinteger], rows: Ints) -> None:
        """Add the excess of `rows` to the sum of their bytes."""
        starts = self.pointers[rows]
        lengths = self.pointers[rows + 1] - starts
        entries = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        entries += np.arange(len(entries))
        np.add.at(total, self.diseases[entries], self.codes[entries].astype(total.dtype, copy=False))

    @classmethod
    def of(cls, rows: Sequence[tuple[Ints, NDArray[np.uint16]]]) -> Excess:
        """Of the diseases and the excess of each row."""
        pointers = np.cumsum([0, *(len(diseases) for diseases, _ in rows)], dtype=np.int64)
        diseases = np.concatenate([np.zeros(0, np.int32), *(diseases for diseases, _ in rows)])
        return cls(pointers, diseases, np.concatenate([np.zeros(0, np.uint16), *(codes for _, codes in rows)]))

    @classmethod
    def read(cls, folder: Path) -> Excess:
        """Map the arrays written in `folder`."""
        return cls(*(read_array(folder, f"{_PREFIX}_excess_{field.name}") for field in fields(cls)))

    def write(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        for field in fields(self):
            write_array(folder, f"{_PREFIX}_excess_{field.name}", getattr(self, field.name))


@dataclass(frozen=True, slots=True)
class CompactTable:
    """Codes of what a finding adds above the least it can; diseases that are not ranked have code 0 throughout.

    codes   uint8   (rows, width)  the code, 255 at most; width: the diseases, filled up to a multiple of 64 with zeros
    excess  what a code has beyond 255
    row_of  int32   (terms,)       row of the term, -1 for what is no finding; terms of one row differ in no code
    sums    uint32  (rows,)        sum of the row's codes: an answer made of damaged rows does not add up
    floors  float32 (terms,)       nats of code 0: what a finding adds where the disease holds nothing of it
    step    nats of one code
    error   nats: no entry lies further from what `add_up` gives
    reach   nats: no entry lies further from 0, nor its floor, nor the one above the other
    """

    codes: NDArray[np.uint8]
    excess: Excess
    row_of: Ints
    sums: NDArray[np.uint32]
    floors: Floats
    step: float
    error: float
    reach: float

    def scores(self, query: Query, width: int) -> Floats:
        """Nats of the present findings, float32 (width,), the diseases; raises KnowledgeDamaged.

        No score is further than `margin(query)` from the exact one.
        """
        total: Floats = np.full(width, query.weights @ self.floors[query.present], np.float32)
        for weight in dict.fromkeys(query.weights.tolist()):
            rows = self.row_of[query.present[query.weights == weight]]
            total += np.multiply(self.added(rows)[:width], np.float32(weight * self.step), dtype=np.float32)
        return total

    def margin(self, query: Query) -> float:
        """Nats that a score of `scores` can lie from the exact one, with what float32 loses in either."""
        weight = float(query.weights.sum())
        operations = len(query.present) + len(query.excluded) + 8
        return weight * self.error + operations * _ROUNDING * (weight * self.reach + EXCLUDED_BOUND_NATS)

    def added(self, rows: Ints) -> NDArray[np.unsignedinteger]:
        """Sum of the rows' codes, (width,), uint16 where that can hold it; raises KnowledgeDamaged."""
        kind = np.uint16 if len(rows) <= MOST_ROWS else np.uint32
        added: NDArray[np.unsignedinteger] = np.add.reduce(self.codes[rows], 0, dtype=kind)
        self.excess.add_to(added, rows)
        if np.add.reduce(added, dtype=np.uint32) != np.add.reduce(self.sums[rows], dtype=np.uint32):  # modulo 2 ** 32
            raise KnowledgeDamaged("The compact table of the ranker is damaged.", _REBUILD)
        return added

    @classmethod
    def of(cls, model: LanguageModel, terms: Terms) -> CompactTable:
        """Derive it from `model`; seconds of work, and memory for every row until it is written."""
        findings = np.flatnonzero(terms.is_phenotype)
        findings = findings[findings != terms.position(PHENOTYPIC_ABNORMALITY)]
        floors = model.weights * nats(np.zeros(1, np.float32), model.floor)
        step = max(float((_ceilings(model, terms) - floors)[findings].max(initial=0)), 1e-6) / _TOP
        shown = model.considered
        width = -(-len(shown) // _LINE) * _LINE
        codes = np.zeros((len(findings), width), np.uint8)
        row_of = np.full(len(terms), -1, np.int32)
        known: dict[bytes, int] = {}
        beyond: list[tuple[Ints, NDArray[np.uint16]]] = []
        sums: list[int] = []
        error, reach = 0.0, max(float(np.abs(floors).max(initial=0)), _TOP * step)
        for term in findings.tolist():
            exact = add_up(model, terms, Query.at({term: 1.0}, (), terms)).present[0][shown]
            row = np.zeros(len(shown), np.uint16)
            row[shown] = _quantised(exact - floors[term], step)
            back = row[shown] * np.float32(step) + floors[term]
            error = max(error, float(np.abs(back - exact).max(initial=0)))
            reach = max(reach, float(np.abs(exact).max(initial=0)))
            row_of[term] = known.setdefault(hashlib.sha256(row.data).digest(), len(known))
            if len(known) > len(beyond):
                codes[len(beyond), : len(shown)] = np.minimum(row, _BYTE)
                above = np.flatnonzero(row > _BYTE).astype(np.int32)
                beyond.append((above, row[above] - np.uint16(_BYTE)))
                sums.append(int(row.sum(dtype=np.int64)))
        kept = codes[: len(known)]
        return cls(kept, Excess.of(beyond), row_of, np.array(sums, np.uint32), floors, step, error, reach)

    @classmethod
    def read(cls, folder: Path, model: LanguageModel, terms: Terms) -> CompactTable:
        """Map the table in `folder`; raises OSError or ValueError, and KnowledgeForeign if made from another model."""
        codes, row_of, sums, floors, scale, made_from = (read_array(folder, f"{_PREFIX}_{name}") for name in _NAMES)
        if made_from.tobytes() != digest(model, terms):
            raise KnowledgeForeign("The compact table of the ranker was made from other disease profiles.", _REBUILD)
        return cls(codes, Excess.read(folder), row_of, sums, floors, *scale.tolist())

    def write(self, folder: Path, model: LanguageModel, terms: Terms) -> None:
        """Write every array into `folder`, tied to the `model` that the table was derived from."""
        self.excess.write(folder)
        scale = np.array([self.step, self.error, self.reach])
        made_from = np.frombuffer(digest(model, terms), np.uint8)
        arrays: tuple[NDArray[np.generic], ...] = (self.codes, self.row_of, self.sums, self.floors, scale, made_from)
        for name, array in zip(_NAMES, arrays, strict=True):
            write_array(folder, f"{_PREFIX}_{name}", array)


def digest(model: LanguageModel, terms: Terms) -> bytes:
    """sha256 of everything that scoring reads: every array and number of the model, and the superterms."""
    found = hashlib.sha256()
    for array in (*_arrays(model), terms.ancestors.pointers, terms.ancestors.values):
        found.update(np.ascontiguousarray(array).data)
    return found.digest()


def _arrays(value: object) -> Iterator[NDArray[np.generic]]:
    for field in fields(value) if is_dataclass(value) else ():
        inner = getattr(value, field.name)
        if is_dataclass(inner):
            yield from _arrays(inner)
        else:
            yield np.asarray(inner)


def _quantised(above: Floats, step: float) -> NDArray[np.uint16]:
    whole = np.rint(above / np.float32(step))
    if whole.min(initial=0) < 0 or whole.max(initial=0) > _TOP:
        raise AssertionError("a finding adds less than its floor, or more than its ceiling")
    codes: NDArray[np.uint16] = whole.astype(np.uint16)
    return codes


def _ceilings(model: LanguageModel, terms: Terms) -> Floats:
    """Nats that no entry of a term exceeds, float32 (terms,): as if one disease had the most of every superterm."""
    spread, own = _greatest(model, model.postings.spread), _greatest(model, model.postings.own)
    ratios = own + [spread[terms.ancestors[term]].sum() for term in range(len(terms))]
    return nats(ratios.astype(np.float32), model.floor) * model.weights


def _greatest(model: LanguageModel, values: Floats) -> Floats:
    """Greatest of each term's postings, float32 (terms,); 0 where it has none."""
    pointers = model.postings.pointers
    greatest = np.zeros(len(pointers) - 1, np.float32)
    filled = np.flatnonzero(np.diff(pointers))
    if len(filled):
        greatest[filled] = np.maximum.reduceat(values, pointers[filled])
    return greatest
