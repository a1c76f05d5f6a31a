"""An operator's Chinese labels: checked row by row, kept whole or not at all, and used by the next build."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cli.main import main
from ontology.compile import babelon

COLUMNS = "source_language translation_language subject_id predicate_id source_value translation_value"
HEADER = "\t".join((*COLUMNS.split(), "translation_status"))
SMALL_RELEASE = Path(__file__).parent.parent / "small_release"


def row(id: str, value: str, status: str = "OFFICIAL", predicate: str = "rdfs:label", language: str = "zh") -> str:
    return f"en\t{language}\t{id}\t{predicate}\tlabel\t{value}\t{status}"


def table(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


@pytest.fixture
def bring(tmp_path, capsys):
    """Import a table; the code, what was said, and what is kept now."""

    def bring(content: bytes):
        (tmp_path / "given.tsv").write_bytes(content)
        root = tmp_path / "knowledge"
        code = main(["knowledge", "import", "--chinese", str(tmp_path / "given.tsv"), "--knowledge", str(root)])
        kept = tmp_path / "downloads" / "hp-zh.babelon.tsv"
        out, err = capsys.readouterr()
        return code, out, err, kept.read_bytes() if kept.exists() else None

    return bring


GOOD = table(row("HP:0001250", "惊风"), row("HP:0000545", '"近视, 轻"'), row("HP:0000545", "视近", "CANDIDATE"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_table_is_kept_unpacked_and_what_was_passed_over_is_told(bring, packed):
    code, out, err, kept = bring(gzip.compress(GOOD) if packed else GOOD)
    assert (code, err, kept) == (0, "", GOOD)
    assert out.startswith("2 Chinese labels kept in ")
    assert "1 rows passed over: not official" in out


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        (table(row("HP:0001250", "惊风"), "en\tzh"), "line 3: it has 2 cells, the header 7."),
        (table(row("HP:1250", "惊风")), "line 2: subject_id is not an id such as HP:0001166."),
        (table(row("HP:0001250", "")), "line 2: translation_value is empty."),
        (table(row("HP:0001250", "惊\x07风")), "line 2: it holds a control character."),
        (table(row("HP:0001250", "长" * 4_000)), "line 2: it has more than 4,000 bytes."),
        (table() + row("HP:0001250", "惊风").encode("gb18030"), "line 2: byte 35 is not UTF-8."),
        (table(), "holds no official Chinese label"),
        (b"id\tname\n", "lacks the columns translation_language, subject_id"),
        (gzip.compress(GOOD, mtime=0)[:60], "cannot be unpacked"),
        (b"", "lacks the columns"),
    ],
)
def test_a_faulty_table_is_refused_row_by_row_and_the_one_before_stays(bring, faulty, said):
    bring(GOOD)
    code, out, err, kept = bring(faulty)
    assert (code, out) == (1, "")
    assert said in err
    assert kept == GOOD


def test_a_table_without_end_is_refused_unread(bring, monkeypatch):
    monkeypatch.setattr(babelon, "MOST_BYTES", 1_000)
    code, _, err, kept = bring(gzip.compress(b"x" * 10_000))
    assert (code, kept) == (1, None)
    assert "has more than" in err


def test_the_next_build_uses_the_labels_and_the_manifest_tells(bring, tmp_path, capsys):
    _, out, *_ = bring(table(row("HP:0002616", "主动脉根部瘤样改变"), row("HP:9999999", "无此术语")))
    knowledge = ["--knowledge", str(tmp_path / "knowledge")]
    assert main(["knowledge", "build", "--source", str(SMALL_RELEASE), *knowledge]) == 0
    assert main(["knowledge", "show", "--json", *knowledge]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    (source,) = (each for each in told["sources"] if each["name"] == "hp-zh.babelon.tsv")
    assert source["sha256"] in out
    assert any("1 labels are of terms that this release lacks" in note for note in told["notes"])
    (tmp_path / "note.txt").write_text("彩超：主动脉根部瘤样改变。", encoding="utf-8")
    assert main(["assess", str(tmp_path / "note.txt"), *knowledge]) == 0
    assert "HP:0002616  Aortic root aneurysm  “主动脉根部瘤样改变”" in capsys.readouterr().out
