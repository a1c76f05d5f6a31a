"""The operator's table of gene names: checked whole, kept, and used by what is imported after it."""

import pytest

from matching.genetic_tests.catalogues.faults import CatalogueDamaged, CatalogueRefused
from matching.genetic_tests.catalogues.kept_names import gene_names, keep_names, kept_names

TABLE = (
    "hgnc_id\tsymbol\tname\tstatus\talias_symbol\tprev_symbol\tentrez_id\n"
    'HGNC:1100\tBRCA1\tDNA repair\tApproved\t"BRCC1|RNF53"\t\t672\n'
    "HGNC:8619\tPAX5\tpaired box\tApproved\tBSAP\t\t5079\n"
    "HGNC:9\tGONE\twithdrawn\tEntry Withdrawn\t\t\t\n"
)


def test_names_are_kept_and_used(tmp_path, links):
    (tmp_path / "hgnc.txt").write_text(TABLE, encoding="utf-8")
    assert gene_names(tmp_path, links).resolve("RNF53") != "BRCA1"
    told = keep_names(tmp_path, tmp_path / "hgnc.txt")
    assert (told.genes, told.withdrawn, told.source) == (2, 1, "hgnc.txt")
    assert kept_names(tmp_path) == told
    names = gene_names(tmp_path, links)
    assert [names.resolve(name) for name in ("RNF53", "BSAP", "HGNC:8619")] == ["BRCA1", "PAX5", "PAX5"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("hgnc_id\tsymbol\n", "Columns are missing: previous, alias."),
        (TABLE + "HGNC:x\tX1\t\tApproved\t\t\t\n", "line 5: 'HGNC:x' is no id such as HGNC:1100."),
        (TABLE + "HGNC:5\t\t\tApproved\t\t\t\n", "line 5: '' is no symbol of a gene."),
        (TABLE + "HGNC:5\tX1\t\tApp", "line 5: it has 4 cells, the header 7"),
        (TABLE.splitlines()[0] + "\n", "names 0 genes"),
    ],
)
def test_a_faulty_table_is_refused_and_the_one_before_stays(tmp_path, links, content, said):
    path = tmp_path / "hgnc.txt"
    path.write_text(TABLE, encoding="utf-8")
    told = keep_names(tmp_path, path)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueRefused) as refused:
        keep_names(tmp_path, path)
    assert said in str(refused.value)
    assert kept_names(tmp_path) == told


def test_a_table_that_was_cut_is_noticed(tmp_path, links):
    (tmp_path / "hgnc.txt").write_text(TABLE, encoding="utf-8")
    keep_names(tmp_path, tmp_path / "hgnc.txt")
    kept = tmp_path / "catalogues" / "gene_names.tsv"
    kept.write_text(kept.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(CatalogueDamaged, match="Import them again"):
        gene_names(tmp_path, links)
