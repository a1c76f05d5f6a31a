"""Names of genes find the symbol of the release, or are told with the reason."""

import pytest

from matching.genetic_tests.catalogues.genes import GeneName, GeneNames, Unresolved, packaged_names
from matching.genetic_tests.catalogues.previous import rows_of_previous_symbols


@pytest.mark.parametrize(
    "written",
    ["BRCA1", "brca1", " Brca1 ", "BRCA 1", "ＢＲＣＡ１", "BRCA1*", "NCBIGene:672", "entrez:672", "GeneID: 672"],
)
def test_case_width_blanks_and_ncbi_ids_make_no_difference(names, written):
    assert names.resolve(written) == "BRCA1"


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("AARS", "AARS1"),  # packaged previous symbols
        ("ZNF9", "CNBP"),
        ("MTTL1", "MT-TL1"),
        ("mt‑tl1", "MT-TL1"),  # a hyphen that does not break
        ("C9ORF72", "C9orf72"),
        ("IFT56", "TTC26"),  # the release still has the previous symbol, and diseases are linked to that
    ],
)
def test_previous_symbols_lead_to_what_the_release_has(names, written, symbol):
    assert names.resolve(written) == symbol


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("HGNC:1100", "BRCA1"),
        ("hgnc: 1100", "BRCA1"),
        ("RNF53", "BRCA1"),
        ("PAX5", "PAX5"),  # of no disease in the release, kept
        ("bsap", "PAX5"),
        ("HGNC:21882", "TTC26"),
        ("IFT56", "TTC26"),
    ],
)
def test_an_imported_table_adds_ids_aliases_and_genes_of_no_disease(hgnc_names, written, symbol):
    assert hgnc_names.resolve(written) == symbol


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("PAX5", Unresolved.UNKNOWN),
        ("HGNC:1100", Unresolved.UNKNOWN_ID),
        ("NCBIGene:1", Unresolved.UNKNOWN_ID),
        ("1100", Unresolved.NUMBER),
        ("2-Sep", Unresolved.DATE),
        ("Mar-01", Unresolved.DATE),
        ("9月2日", Unresolved.DATE),
    ],
)
def test_what_names_no_gene_says_why(names, written, why):
    assert names.resolve(written) is why


def test_an_alias_of_two_genes_is_no_name(hgnc_names):
    assert hgnc_names.resolve("TWIN") is Unresolved.SHARED


def test_a_current_symbol_goes_before_another_genes_alias(links):
    names = GeneNames.of(links, [GeneName("OTHER", ("SMN1",), ("FMR1",))])
    assert (names.resolve("SMN1"), names.resolve("FMR1")) == ("SMN1", "FMR1")


@pytest.mark.parametrize(
    ("cell", "genes"),
    [
        ("BRCA1,FMR1", ("BRCA1", "FMR1")),
        ("BRCA1；FMR1、HTT，SMN1", ("BRCA1", "FMR1", "HTT", "SMN1")),
        ("BRCA1|FMR1 / HTT\nSMN1", ("BRCA1", "FMR1", "HTT", "SMN1")),
        ("BRCA1 FMR1  HTT", ("BRCA1", "FMR1", "HTT")),
        ("BRCA 1, FMR1", ("BRCA1", "FMR1")),  # a blank inside a name
        ("BRCA1 FMR1, HTT", ("BRCA1", "FMR1", "HTT")),
        ("SMN1 (exon 7, 8); FMR1（CGG）", ("SMN1", "FMR1")),
        ("FMR1, fmr1, FMR1", ("FMR1",)),
        ("", ()),
        ("无", ()),
        ("n/a", ()),
    ],
)
def test_the_genes_of_a_cell(names, cell, genes):
    assert names.read(cell) == (genes, ())


def test_what_is_not_found_in_a_cell_stays_as_written(names):
    assert names.read("BRCA1, nope , 1-Mar") == (
        ("BRCA1",),
        (("nope", Unresolved.UNKNOWN), ("1-Mar", Unresolved.DATE)),
    )


def test_free_words_name_genes_only_in_capitals(names):
    assert (names.symbol("HTT"), names.symbol("Htt"), names.symbol("ZNF9"), names.symbol("STR")) == (
        "HTT",
        None,
        "CNBP",
        None,
    )


def test_packaged_previous_symbols_are_of_one_gene_each_and_say_where_they_were_read():
    rows = rows_of_previous_symbols()
    assert len({row.previous for row in rows}) == len(rows) > 150
    assert {row.previous for row in rows}.isdisjoint(row.current for row in rows)
    assert all(row.read_in for row in rows)
    assert {name.symbol for name in packaged_names()} == {row.current for row in rows}


@pytest.mark.real
def test_packaged_previous_symbols_lead_to_genes_of_the_real_release(real_knowledge):
    # Exact symbols of the release go first, so a row is of use only where its previous symbol is none of them, or
    # where it is and the current one is not. A symbol that is current for another gene would be a slip.
    symbols = set(real_knowledge.genes.symbols)
    both = [row for row in rows_of_previous_symbols() if {row.previous, row.current} <= symbols]
    assert both == []
    held = [row for row in rows_of_previous_symbols() if {row.previous, row.current} & symbols]
    assert len(held) > 0.9 * len(rows_of_previous_symbols())
