"""A few genes, a way to write a file and read it back as a catalogue."""

from __future__ import annotations

import numpy as np
import pytest

from matching.genetic_tests.catalogues.genes import GeneName, GeneNames
from matching.genetic_tests.catalogues.importing import read_catalogue
from ontology.arrays import Rows, StringPool
from ontology.genes import GeneLinks

#: Symbols of the release, ascending, with the NCBI's numbers.
RELEASE = {
    "AARS1": 16,
    "BRCA1": 672,
    "C9orf72": 203228,
    "CNBP": 7555,
    "FMR1": 2332,
    "HTT": 3064,
    "MT-TL1": 4567,
    "SMN1": 6606,
    "TTC26": 79989,
}
#: As an HGNC table has them: PAX5 is of no disease here; DUP1 and DUP2 share the alias TWIN.
HGNC = (
    GeneName("BRCA1", (), ("BRCC1", "RNF53"), "HGNC:1100", "672"),
    GeneName("PAX5", ("BSAP0",), ("BSAP",), "HGNC:8619", "5079"),
    GeneName("IFT56", ("TTC26",), (), "HGNC:21882", "79989"),
    GeneName("DUP1", (), ("TWIN",), "HGNC:1", ""),
    GeneName("DUP2", (), ("TWIN",), "HGNC:2", ""),
)


@pytest.fixture(scope="session")
def links():
    empty = np.zeros(0, np.int32)
    numbers = np.array(list(RELEASE.values()), np.int32)
    nothing = StringPool.of(())
    return GeneLinks(Rows.of(()), empty, StringPool.of(RELEASE), numbers, empty, nothing, empty, nothing)


@pytest.fixture
def names(links):
    return GeneNames.of(links)


@pytest.fixture
def hgnc_names(links):
    return GeneNames.of(links, HGNC)


@pytest.fixture
def read(tmp_path, names):
    """Read bytes or text as a catalogue."""

    def read(content, file="catalogue.csv", **options):
        path = tmp_path / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_catalogue(path, options.pop("names", names), **options)

    return read
