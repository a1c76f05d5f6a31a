"""One version of a catalogue on disk: plain arrays that open in milliseconds, and a manifest of where they come from.

A test becomes a value when it is asked for, so that thousands of panels cost nothing until then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import isnan
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues.faults import CatalogueDamaged
from matching.genetic_tests.catalogues.reading import Lost
from ontology.arrays import Ints, Rows, StringPool, read_array, write_array

#: Raised by one whenever the arrays or their meaning change.
SCHEMA = 1
MANIFEST = "manifest.json"
#: At opening, files up to this size are compared with their checksums, larger ones by their size.
_COMPARED_BYTES = 1 << 16
_MEND = "Import the catalogue again, or put another version in use: `phenomap tests use NAME VERSION`."
_NUMBERS = ("sensitivity", "price", "days")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a version was made from. `files` maps each array's file to `BYTES:SHA256`; times are UTC.

    `gene_names` is the sha256 of the table of gene names that was in use, `release` the knowledge's; `options` are what
    was asked for beside the file; `notes` say of rows what could not be used.
    """

    schema: int
    name: str
    version: str
    imported: str
    format: str
    source: str
    sha256: str
    encoding: str
    release: str
    gene_names: str
    options: Mapping[str, Any]
    currency: str
    counts: Mapping[str, int]
    unread: Sequence[str]
    left_out: Sequence[tuple[int, str]]
    passed_over: Sequence[tuple[int, str]]
    files: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write last of all files: a folder without it was interrupted."""
        content = asdict(self) | {"files": {path.name: _seal(path) for path in sorted(folder.glob("*.npy"))}}
        (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Kept:
        """Read; raises CatalogueDamaged where it is absent, cut off or of another schema."""
        path = folder / MANIFEST
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["schema"] != SCHEMA:
                raise CatalogueDamaged(f"{folder} was written by schema {content['schema']}, not {SCHEMA}.", _MEND)
            for notes in ("left_out", "passed_over"):
                content[notes] = tuple((int(number), str(what)) for number, what in content[notes])
            return cls(**content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CatalogueDamaged(f"{path} is absent or no manifest.", _MEND) from error

    def verify(self, folder: Path, whole: bool = False) -> None:
        """Compare the arrays with their seals; raises CatalogueDamaged. Large ones by size alone, unless `whole`."""
        for name, seal in self.files.items():
            path = folder / name
            size = path.stat().st_size if path.is_file() else -1
            if size != int(seal.partition(":")[0]) or ((whole or size <= _COMPARED_BYTES) and _seal(path) != seal):
                raise CatalogueDamaged(f"{path} is absent or does not match its checksum.", _MEND)


def _seal(path: Path) -> str:
    content = path.read_bytes()
    return f"{len(content)}:{hashlib.sha256(content).hexdigest()}"


def write_tests(folder: Path, tests: Sequence[CatalogueTest], lost: Sequence[Lost]) -> None:
    """Write the arrays of `tests`, and of the genes that were not found, into `folder`."""
    genes = _index(gene for test in tests for gene in test.genes)
    unresolved = _index(name for test in tests for name in test.unresolved)
    modalities = _index(test.modality for test in tests)
    for name in ("code", "name", "target", "sample"):
        StringPool.of(getattr(test, name) for test in tests).write(folder, name)
    for name, index in (("symbol", genes), ("written", unresolved), ("modality", modalities)):
        StringPool.of(index).write(folder, name)
    Rows.of([genes[gene] for gene in test.genes] for test in tests).write(folder, "genes")
    Rows.of([unresolved[name] for name in test.unresolved] for test in tests).write(folder, "unresolved")
    write_array(folder, "modality_of", np.array([modalities[test.modality] for test in tests], np.int32))
    write_array(folder, "numbers", np.array([_numbers(test) for test in tests], np.float64).reshape(-1, len(_NUMBERS)))
    write_array(folder, "lost_row", np.array([each.number for each in lost], np.int32))
    for name in ("code", "written", "why"):
        index = _index(getattr(each, name) for each in lost)
        StringPool.of(index).write(folder, f"lost_{name}")
        write_array(folder, f"lost_{name}_of", np.array([index[getattr(each, name)] for each in lost], np.int32))


@dataclass(slots=True)
class KeptTests(Sequence[CatalogueTest]):
    """The tests of a version, mapped.

    codes, names, targets, samples  strings (tests,)
    genes         rows    (tests,)    indices into `symbols`
    unresolved    rows    (tests,)    indices into `written`
    modality_of   int32   (tests,)    indices into `modalities`
    numbers       float64 (tests, 3)  sensitivity, price, days; NaN where the catalogue does not say
    """

    codes: StringPool
    names: StringPool
    targets: StringPool
    samples: StringPool
    symbols: StringPool
    written: StringPool
    modalities: StringPool
    genes: Rows
    unresolved: Rows
    modality_of: Ints
    numbers: NDArray[np.float64]
    _made: tuple[CatalogueTest, ...] | None = None

    @classmethod
    def read(cls, folder: Path) -> KeptTests:
        """Map the arrays in `folder`."""
        codes, names, targets, samples, symbols, written, modalities = (
            StringPool.read(folder, name)
            for name in ("code", "name", "target", "sample", "symbol", "written", "modality")
        )
        genes, unresolved = (Rows.read(folder, name) for name in ("genes", "unresolved"))
        kinds, numbers = (read_array(folder, name) for name in ("modality_of", "numbers"))
        return cls(codes, names, targets, samples, symbols, written, modalities, genes, unresolved, kinds, numbers)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> CatalogueTest: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CatalogueTest, ...]: ...
    def __getitem__(self, index: int | slice) -> CatalogueTest | tuple[CatalogueTest, ...]:
        if isinstance(index, slice):
            return self._all()[index]
        if self._made is not None:
            return self._made[index]
        at = range(len(self))[index]
        return self._test(
            at,
            tuple(self.symbols.several(self.genes[at])),
            tuple(self.written.several(self.unresolved[at])),
            (self.codes[at], self.names[at], self.targets[at], self.samples[at]),
            self.modalities[int(self.modality_of[at])],
        )

    def __iter__(self) -> Iterator[CatalogueTest]:
        return iter(self._all())

    def _all(self) -> tuple[CatalogueTest, ...]:
        """Every test as a value; made once, a fiftieth of the time of one by one."""
        if self._made is None:
            symbols, written, modalities = list(self.symbols), list(self.written), list(self.modalities)
            genes, unresolved = _lists(self.genes), _lists(self.unresolved)
            texts = zip(self.codes, self.names, self.targets, self.samples, strict=True)
            self._made = tuple(
                self._test(
                    at,
                    tuple([symbols[gene] for gene in genes[at]]),
                    tuple([written[name] for name in unresolved[at]]),
                    four,
                    modalities[kind],
                )
                for at, (four, kind) in enumerate(zip(texts, self.modality_of.tolist(), strict=True))
            )
        return self._made

    def _test(
        self,
        at: int,
        genes: tuple[str, ...],
        unresolved: tuple[str, ...],
        texts: tuple[str, str, str, str],
        modality: str,
    ) -> CatalogueTest:
        code, name, target, sample = texts
        sensitivity, price, days = (None if isnan(value) else value for value in self.numbers[at].tolist())
        return CatalogueTest(code, name, modality, genes, target, unresolved, sensitivity, price, days, sample)


def read_lost(folder: Path) -> tuple[Lost, ...]:
    """The genes that were not found, in order of rows."""
    columns = []
    for name in ("code", "written", "why"):
        texts = list(StringPool.read(folder, f"lost_{name}"))
        columns.append([texts[i] for i in read_array(folder, f"lost_{name}_of").tolist()])
    rows = read_array(folder, "lost_row").tolist()
    return tuple(Lost(number, *each) for number, *each in zip(rows, *columns, strict=True))


def open_version(folder: Path, whole: bool = False) -> tuple[Kept, Catalogue]:
    """Open one version; raises CatalogueDamaged. `whole` compares every array with its checksum."""
    kept = Kept.read(folder)
    kept.verify(folder, whole)
    try:
        tests = KeptTests.read(folder)
    except (OSError, ValueError, EOFError) as error:
        raise CatalogueDamaged(f"{folder} cannot be read ({type(error).__name__}).", _MEND) from error
    if len(tests) != kept.counts.get("tests"):
        raise CatalogueDamaged(f"{folder} holds {len(tests)} tests, not what its manifest says.", _MEND)
    return kept, Catalogue(kept.name, kept.version, tests, kept.currency)


def _lists(rows: Rows) -> list[list[int]]:
    values, cuts = rows.values.tolist(), rows.pointers.tolist()
    return [values[start:stop] for start, stop in pairwise(cuts)]


def _index(words: Iterator[str] | Sequence[str]) -> dict[str, int]:
    return {word: at for at, word in enumerate(dict.fromkeys(words))}


def _numbers(test: CatalogueTest) -> list[float]:
    values = (getattr(test, name) for name in _NUMBERS)
    return [np.nan if value is None else value for value in values]
