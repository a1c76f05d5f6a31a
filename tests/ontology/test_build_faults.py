"""A build that cannot be trusted is refused, and the release in use stays in use."""

import shutil
from pathlib import Path

import pytest

from ontology.compile.build import Companion, build
from ontology.compile.hpoa import parse_frequency
from ontology.errors import KnowledgeDamaged, KnowledgeForeign, KnowledgeMissing, SourceError
from ontology.knowledge import Knowledge, current_release

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"


def make(root, source, companions=()):
    return build(root, companions, lambda message: None, source=source)


@pytest.fixture
def source(tmp_path):
    return shutil.copytree(SMALL_RELEASE, tmp_path / "source")


@pytest.fixture
def root(tmp_path, source):
    make(tmp_path / "knowledge", source)
    return tmp_path / "knowledge"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def cut(path, keep):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])


def test_a_second_build_of_the_same_sources_does_nothing(root, source):
    assert not make(root, source).fresh


def test_changed_sources_are_built_beside_the_old_release(root, source):
    before = current_release(root)
    edit(source / "phenotype.hpoa", "9/10", "8/10")
    after = make(root, source)
    assert after.fresh
    assert current_release(root) == after.folder != before
    assert Knowledge.open_release(before)


@pytest.mark.parametrize("name", ["hp.obo", "phenotype.hpoa", "en_product1.xml", "genes_to_disease.txt"])
@pytest.mark.parametrize("keep", [0.0, 0.6])
def test_a_file_that_is_cut_off_is_refused_and_the_old_release_stays(root, source, name, keep):
    before = current_release(root)
    cut(source / name, keep)
    with pytest.raises(SourceError) as caught:
        make(root, source)
    assert name in caught.value.what
    assert current_release(root) == before
    assert Knowledge.open(root)
    assert [p.name for p in root.iterdir() if p.name.startswith(".building")] == []


def test_rows_cut_off_between_two_lines_are_noticed_by_the_promised_number_of_records(source, tmp_path):
    lines = (source / "phenotype.hpoa").read_text().splitlines(keepends=True)
    (source / "phenotype.hpoa").write_text("".join(lines[:30]))
    with pytest.raises(SourceError, match="its header says"):
        make(tmp_path / "other", source)


def test_absent_files_are_all_named(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"hp\.obo, phenotype\.hpoa, en_product1\.xml, genes_to_disease\.txt"):
        make(tmp_path / "knowledge", tmp_path / "empty")


def test_annotations_of_an_unknown_term_are_left_out_and_said_so(source, tmp_path):
    edit(source / "phenotype.hpoa", "HP:0000767", "HP:7777777")
    folder = make(tmp_path / "other", source).folder
    notes = Knowledge.open_release(folder).manifest.notes
    assert len(notes) == 1
    assert "1 annotation rows left out" in notes[0]
    assert "HP:7777777" in notes[0]


def test_a_document_type_in_the_xml_is_refused(source, tmp_path):
    edit(source / "en_product1.xml", "<JDBOR", '<!DOCTYPE x [<!ENTITY a "a">]>\n<JDBOR')
    with pytest.raises(SourceError, match="document type"):
        make(tmp_path / "other", source)


def test_a_companion_that_fails_leaves_the_old_release_in_use(root, source):
    before = current_release(root)

    def fail(knowledge, folder):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        make(root, source, [Companion("broken", 1, fail)])
    assert current_release(root) == before


def test_one_changed_byte_is_refused(root):
    path = current_release(root) / "annotations" / "terms.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(KnowledgeDamaged, match=r"terms\.npy"):
        Knowledge.open(root)


def test_a_large_file_is_compared_by_size_at_opening_and_whole_when_asked(tmp_path, source, monkeypatch):
    monkeypatch.setattr("ontology.manifest.LARGE_BYTES", 100)
    folder = make(tmp_path / "knowledge", source).folder
    path = folder / "terms" / "content.npy"
    content = bytearray(path.read_bytes())
    assert len(content) > 100
    content[-1] ^= 1
    path.write_bytes(content)
    Knowledge.open_release(folder)
    with pytest.raises(KnowledgeDamaged, match=r"content\.npy"):
        Knowledge.open_release(folder, whole=True)
    path.write_bytes(content[:-1])
    with pytest.raises(KnowledgeDamaged, match=r"content\.npy"):
        Knowledge.open_release(folder)


def test_an_absent_file_is_refused(root):
    (current_release(root) / "terms" / "numbers.npy").unlink()
    with pytest.raises(KnowledgeDamaged, match="absent"):
        Knowledge.open(root)


def test_a_damaged_release_is_built_anew(root, source):
    path = current_release(root) / "annotations" / "terms.npy"
    path.write_bytes(b"")
    assert make(root, source).fresh
    assert Knowledge.open(root)


def test_another_schema_is_refused(root):
    edit(current_release(root) / "manifest.json", '"schema": 2', '"schema": 999')
    with pytest.raises(KnowledgeForeign, match="999"):
        Knowledge.open(root)


def test_counts_that_differ_from_the_manifest_are_refused(root):
    edit(current_release(root) / "manifest.json", '"terms": 42', '"terms": 41')
    with pytest.raises(KnowledgeDamaged, match="its manifest says 41"):
        Knowledge.open(root)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema": 2}'])
def test_a_broken_manifest_is_refused(root, content):
    (current_release(root) / "manifest.json").write_text(content)
    with pytest.raises(KnowledgeDamaged):
        Knowledge.open(root)


def test_no_knowledge_says_what_to_do(tmp_path):
    with pytest.raises(KnowledgeMissing, match="phenomap knowledge build"):
        Knowledge.open(tmp_path)


def test_a_pointer_out_of_the_root_is_refused(root):
    (root / "CURRENT").write_text("../elsewhere\n")
    with pytest.raises(KnowledgeDamaged):
        Knowledge.open(root)


def test_an_absent_companion_is_foreign(root):
    with pytest.raises(KnowledgeForeign, match="ranking None"):
        Knowledge.open(root).companion("ranking", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/4", (0.75, (3, 4))),
        ("0/7", (0.0, (0, 7))),
        ("7/0", (None, None)),  # nobody was examined
        ("9/4", (None, None)),  # more affected than examined
        ("12.5%", (0.125, None)),
        ("HP:0040281", (0.895, None)),
        ("often", (None, None)),
    ],
)
def test_frequency_column(text, expected):
    assert parse_frequency(text) == expected
