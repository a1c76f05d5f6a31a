"""`phenomap tests`: what is in use changes only where the work was done, and everything is told."""

import json
import shutil

import pytest

from cli.main import main

OWN = "编码,名称,方法,基因,价格（元）\nA,甲,基因包,FMR1;NOPE,100\nB,乙,动态突变,FMR1,50\n"
PANELS = "id\tname\tGene\tconfidence_level\n7\tFits\tFITA\t3\n7\tFits\tFITB\t2\n"
DIRECTORY = "test_id\tclinical_indication\ttarget\tmethod\tpanelapp_ids\nR1.1\tFits\tFits (7)\tSmall panel\t7\n"
HGNC = "hgnc_id\tsymbol\talias_symbol\tprev_symbol\tentrez_id\nHGNC:1\tNOPE\t\t\t\n"


@pytest.fixture(scope="module")
def own_root(small_root, tmp_path_factory):
    root = tmp_path_factory.mktemp("commands") / "knowledge"
    shutil.copytree(small_root, root)
    return root


@pytest.fixture
def tests(own_root, tmp_path, capsys):
    """Run `phenomap tests WORDS`, with files written first; what is kept goes before each test."""
    shutil.rmtree(own_root / "catalogues", ignore_errors=True)

    def run(*words, **files):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        paths = [str(tmp_path / word) if word in files else word for word in words]
        code = main(["tests", *paths, "--knowledge", str(own_root)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_import_tells_what_was_read_and_puts_it_in_use(tests, encoding):
    code, out, err = tests("import", "own", "--name", "检验科", own=OWN.encode(encoding))
    assert (code, err) == (0, "")
    assert "is in use" in out
    assert "2 tests" in out
    assert "1 names of genes not resolved, 1 entries" in out
    code, out, _ = tests("show", "A", "--json")
    shown = json.loads(out)
    assert (shown["genes"], shown["unresolved"], shown["price"], shown["currency"]) == (["FMR1"], ["NOPE"], 100, "CNY")
    code, out, _ = tests("show", "检验科", "--unresolved")
    assert (code, out) == (0, "line 2\tA\tNOPE\tunknown\n")


def test_a_faulty_file_changes_nothing_and_tells_every_row(tests):
    tests("import", "own", "--name", "lab", own=OWN)
    faulty = OWN + "A,丙,基因包,FMR1,10\nC,丁,占卜,FMR1,10\n"
    code, out, err = tests("import", "own", "--name", "lab", own=faulty)
    assert (code, out) == (1, "")
    assert "line 4: its code 'A' is that of row 2, too." in err
    assert "line 5: '占卜' is no modality or method known here." in err
    assert "phenomap: Rows that cannot be used: 2 of 4" in err
    _, out, _ = tests("list", "--json")
    (only,) = json.loads(out)["catalogues"]
    assert (only["in_use"], only["counts"]["rows"]) == (True, 2)


def test_faulty_rows_are_left_out_where_that_is_asked_for(tests):
    rows = "".join(f"P{i},名{i},基因包,FMR1,1\n" for i in range(20))
    code, out, err = tests("import", "own", "--name", "lab", "--skip-faulty", own=OWN + rows + "C,丁,占卜,FMR1,1\n")
    assert code == 0
    assert "1 faulty rows left out" in out
    assert "left out, line 24: '占卜' is no modality" in err
    _, out, _ = tests("show", "lab")
    assert "left out, line 24: '占卜' is no modality" in out


def test_a_directory_joins_the_panels_of_another_catalogue(tests):
    assert tests("import", "p", "--name", "panels", "--amber", p=PANELS)[0] == 0
    assert tests("import", "d", "--name", "directory", "--with", "panels", d=DIRECTORY)[0] == 0
    _, out, _ = tests("show", "R1.1", "--json")
    assert json.loads(out)["genes"] == ["FITA", "FITB"]
    code, _, err = tests("import", "d", "--name", "directory", "--with", "absent", d=DIRECTORY)
    assert (code, "No catalogue 'absent' is kept" in err) == (1, True)


def test_versions_are_listed_and_an_older_one_put_in_use(tests):
    versions = []
    for content in (OWN, OWN + "C,丙,全外显子,,\n"):
        _, out, _ = tests("import", "own", "--name", "lab", "--json", own=content)
        versions.append(json.loads(out)["version"])
    assert tests("show", "C")[0] == 0
    assert tests("use", "lab", versions[0])[0] == 0
    assert tests("show", "C")[0] == 1
    _, out, _ = tests("list", "--json", "--verify")
    told = json.loads(out)
    assert {each["version"]: each["in_use"] for each in told["catalogues"]} == dict(
        zip(versions, (True, False), strict=True)
    )
    assert told["generic"]["in_use"] is False
    assert tests("use", "lab", "--none")[0] == 0
    assert "in use  generic built in  12 assays" in tests("list")[1]
    assert tests("use", "lab")[0] == 0  # the newest
    assert tests("show", "C")[0] == 0


def test_the_generic_catalogue_is_shown_where_none_was_imported(tests):
    code, out, _ = tests("list")
    assert (code, "in use  generic built in" in out) == (0, True)
    assert tests("show", "generic")[0] == 0
    assert "modality     exome" in tests("show", "generic:exome")[1]


def test_gene_names_resolve_what_is_imported_after_them(tests):
    _, out, _ = tests("import", "--gene-names", "hgnc", hgnc=HGNC)
    assert "1 genes with their names kept" in out
    _, out, _ = tests("import", "own", "--name", "lab", "--json", own=OWN)
    assert json.loads(out)["counts"]["unresolved_genes"] == 0
    assert "gene names: 1 of hgnc" in tests("list")[1]
    code, _, err = tests("import", "--gene-names", "hgnc", hgnc="symbol\nX\n")
    assert (code, "Columns are missing" in err) == (1, True)


def test_a_damaged_catalogue_is_told_and_verify_fails(tests, own_root):
    _, out, _ = tests("import", "own", "--name", "lab", "--json", own=OWN)
    folder = own_root / "catalogues" / "lab" / json.loads(out)["version"]
    (folder / "genes_values.npy").write_bytes(b"x")
    code, _, err = tests("list", "--verify")
    assert (code, "does not match its checksum" in err) == (1, True)
    (folder / "manifest.json").unlink()
    code, out, _ = tests("list")
    assert (code, f"DAMAGED {folder}" in out) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "own"),
        ("import", "--name", "x"),
        ("import", "own", "--name", "a/b"),
        ("show", "nothing"),
    ],
)
def test_what_cannot_be_done_exits_with_one(tests, words):
    code, out, err = tests(*words, own=OWN)
    assert (code, out) == (1, "")
    assert err.startswith("phenomap: ")
    assert err.count("\n") == 1
