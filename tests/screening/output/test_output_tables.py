"""The tables and the flagged patients of a run: their order, their columns, and what is left where the disk is full."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import duckdb
import pytest

from ontology.errors import PhenomapError
from screening.output import tables
from screening.output.written import write_output


@pytest.fixture
def out(kept, make_outcome, row, flagged_row, words, tmp_path):
    """Two parts of four patients: D 9.5 is flagged, A and C tie with 2.0, B is not ranked."""
    d = row("D", 9.5)
    parts = kept([[row("C", 2.0), row("B")], [d, row("A", 2.0)]], [[], [flagged_row(d, 1)]])
    return write_output(make_outcome(), parts, tmp_path / "out", "en", words["en"])


def rows(file: Path, columns: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as database:
        return database.sql(f"SELECT {columns} FROM read_parquet('{file}')").fetchall()


def test_patients_are_ordered_by_rank_then_name_and_those_not_ranked_come_last(out):
    assert rows(out.patients, "rank, patient, flagged, chance, score, why_not") == [
        (1, "D", True, 0.4, 9.5, None),
        (2, "A", False, None, 2.0, None),
        (3, "C", False, None, 2.0, None),
        (None, "B", False, None, None, "too_few_findings"),
    ]


def test_lists_are_nested_columns(out):
    first = rows(out.patients, "languages, systems, diseases")[0]
    marfan = {"id": "OMIM:154700", "name": "Marfan syndrome", "probability": 0.61}
    assert first == (["en"], ["HP:0000478", "HP:0001626"], [marfan])


def test_a_finding_is_a_row(out):
    found = rows(out.findings, "*")
    assert [each[0] for each in found] == ["A", "B", "C", "D"]
    assert found[0] == ("A", "HP:0001166", "Arachnodactyly", "observed", 12, 90, 1895, 2, 3.1)


def test_flagged_patients_of_all_parts_are_merged_by_rank(kept, make_outcome, row, flagged_row, words, tmp_path):
    some = [row(name, 9.0 - at) for at, name in enumerate("ABC")]
    told = [flagged_row(each, rank) for rank, each in enumerate(some, 1)]
    parts = kept([some], [[told[2], told[0]], [told[1]]])
    out = write_output(make_outcome(), parts, tmp_path / "out", "en", words["en"])
    lines = [json.loads(line) for line in out.flagged.read_text(encoding="utf-8").splitlines()]
    assert [(each["rank"], each["patient"]) for each in lines] == [(1, "A"), (2, "B"), (3, "C")]
    assert lines[0] == told[0]


def test_half_a_surrogate_pair_in_a_quotation_harms_no_file(kept, make_outcome, row, flagged_row, words, tmp_path):
    d = row("D", 9.5)
    out = write_output(
        make_outcome(), kept([[d]], [[flagged_row(d, 1, "long \ud83d fingers")]]), tmp_path / "out", "en", words["en"]
    )
    quoted = json.loads(out.flagged.read_text(encoding="utf-8"))["findings_told"][0]["quotes"][0]["text"]
    assert quoted.startswith("long �")
    assert "fingers" in out.page.read_text(encoding="utf-8")


def test_only_the_owner_can_read_and_nothing_else_lies_there(out):
    folder = out.page.parent
    assert {each.name for each in folder.iterdir()} == {
        "patients.parquet",
        "findings.parquet",
        "flagged.jsonl",
        "report.html",
    }
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_same_parts_make_the_same_bytes(kept, make_outcome, row, flagged_row, words, tmp_path):
    d = row("D", 9.5)
    parts = kept([[row(f"P{at:04}", 1 + at % 7) for at in range(3000)], [d]], [[flagged_row(d, 1)]])
    one, other = (write_output(make_outcome(), parts, tmp_path / name, "en", words["en"]) for name in ("one", "other"))
    for file in ("patients", "findings", "flagged", "page"):
        assert getattr(one, file).read_bytes() == getattr(other, file).read_bytes(), file


def test_a_full_disk_is_told_with_its_mend_and_leaves_no_file(kept, make_outcome, row, words, tmp_path, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PhenomapError, match="disk is full") as told:
        write_output(make_outcome(), kept([[row("D", 9.5)]]), tmp_path / "out", "en", words["en"])
    assert "Make room" in told.value.mend
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_fills_while_a_table_is_written_leaves_the_table_before(
    out, kept, make_outcome, row, words, monkeypatch
):
    before = out.patients.read_bytes()

    def full(*_: object) -> None:
        raise duckdb.IOException("Could not write file: No space left on device")

    monkeypatch.setattr(tables, "_export", full)
    with pytest.raises(PhenomapError, match="disk is full"):
        write_output(make_outcome(), kept([[row("E", 1.0)]]), out.page.parent, "en", words["en"])
    assert out.patients.read_bytes() == before
    assert not [each for each in out.page.parent.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("content", [b"no gzip", b"\x1f\x8b\x08\x00"])
def test_a_damaged_part_is_told_without_a_word_of_it(kept, make_outcome, row, flagged_row, words, tmp_path, content):
    d = row("D", 9.5)
    parts = kept([[d]], [[flagged_row(d, 1, "a secret quotation")]])
    parts.told[0].write_bytes(content)
    with pytest.raises(PhenomapError, match="damaged") as told:
        write_output(make_outcome(), parts, tmp_path / "out", "en", words["en"])
    assert "secret" not in str(told.value)
    parts = kept([[d]], [[flagged_row(d, 1)]])
    parts.rows[0].write_bytes(content)
    with pytest.raises(PhenomapError, match="tables cannot be written"):
        write_output(make_outcome(), parts, tmp_path / "out", "en", words["en"])


def test_a_line_of_another_shape_is_told_without_a_word_of_it(kept, make_outcome, row, words, tmp_path):
    parts = kept([[row("D", 9.5)]], [[{"secret": "a secret quotation"}]])
    with pytest.raises(PhenomapError) as told:
        write_output(make_outcome(), parts, tmp_path / "out", "en", words["en"])
    assert "secret" not in f"{told.value.what} {told.value.mend}"
