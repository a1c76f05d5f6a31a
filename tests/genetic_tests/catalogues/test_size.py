"""Large files: refused before they are read where too large, and read in seconds and little memory where not."""

import gzip
import tracemalloc

import pytest

from matching.genetic_tests.catalogues import text
from matching.genetic_tests.catalogues.faults import CatalogueRefused
from matching.genetic_tests.catalogues.importing import read_catalogue

HEADER = b"code,name,modality,genes\n"


def test_two_hundred_megabytes_are_refused_unread(cpu_seconds, tmp_path, names):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:  # sparse: it takes no room on the disk
        file.write(HEADER)
        file.truncate(200_000_000)

    def refused():
        with pytest.raises(CatalogueRefused, match="has 200 MB; less than 200 MB are read"):
            read_catalogue(path, names)

    assert cpu_seconds(refused) < 0.1


def test_a_row_that_never_ends_is_given_up_in_bounded_memory(tmp_path, names):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(HEADER)
        for _ in range(60):
            file.write(b"FMR1;" * 200_000)  # 60 MB in one line
    tracemalloc.start()
    try:
        with pytest.raises(CatalogueRefused, match="has more than 1,000,000 characters"):
            read_catalogue(path, names)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("start", [b"[" + b'{"code": "A", "name": "' + b"x" * 6_000_000, b"[" * 3_000_000])
def test_json_that_never_ends_is_given_up_in_bounded_memory(tmp_path, names, start):
    path = tmp_path / "endless.json"
    path.write_bytes(start)
    with pytest.raises(CatalogueRefused, match="is no JSON, or ends in the middle"):
        read_catalogue(path, names)


def test_what_unpacks_to_too_much_is_refused_on_the_way(tmp_path, names, monkeypatch):
    monkeypatch.setattr(text, "MOST_BYTES", 10_000_000)
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(HEADER)
        for _ in range(50):
            file.write(b"A,a,wes,\n" * 100_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(CatalogueRefused, match="more than 10 MB when unpacked"):
        read_catalogue(path, names)


def test_five_thousand_panels_of_five_hundred_genes_are_read_in_seconds(cpu_seconds, tmp_path, links):
    from matching.genetic_tests.catalogues.genes import GeneName, GeneNames

    symbols = [f"SYM{i}" for i in range(5_000)]
    names = GeneNames.of(links, [GeneName(symbol) for symbol in symbols])
    path = tmp_path / "large.tsv"
    with path.open("w", encoding="utf-8") as file:
        file.write("编码\t名称\t方法\t基因\n")
        for i in range(5_000):
            file.write(f"P{i}\t面板{i}\t基因包\t{','.join(symbols[i % 4_500 :][:500])}\n")
    readings = []
    assert cpu_seconds(lambda: readings.append(read_catalogue(path, names))) < 15  # 2 s on an idle core
    reading = readings[0]
    assert (len(reading.tests), reading.counts()["gene_entries"]) == (5_000, 2_500_000)
