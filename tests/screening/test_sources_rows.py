"""Hostile rows, encodings, columns, dates, and archives that cannot be read."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest

from ontology.errors import InputError, PhenomapError
from ontology.features import PatientSex
from screening.record import Doubt, NoteRow, Reason, SetAside
from screening.sources import jsonl
from screening.sources.columns import Columns
from screening.sources.config import read_options
from screening.sources.source import SourceOptions, open_source
from screening.sources.values import day_of, understood


def _rows(file: Path, content: bytes | str, **options: object) -> list:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(open_source(str(file), SourceOptions(**options)).rows())


def _short(rows: list) -> list[tuple[str, str]]:
    return [(row.patient, row.text) if isinstance(row, NoteRow) else (row.origin, str(row.reason)) for row in rows]


def test_lines_that_are_no_notes_are_set_aside_with_their_place(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 200)
    lines = [
        '{"patient": "1", "text": "ok"}',
        "{broken",
        '{"patient": "", "text": "whose"}',
        '{"patient": "1", "text": " "}',
        '{"patient": "1", "text": "half \\ud83d"}',
        '{"patient": "1", "text": "nul \\u0000"}',
        "[" * 100,
        '{"patient": "1", "text": "' + "x" * 300 + '"}',
        '{"patient": 2, "text": "last"}',
    ]
    assert _short(_rows(tmp_path / "n.jsonl", "\n".join(lines))) == [
        ("1", "ok"),
        ("n.jsonl:2", "not_readable"),
        ("n.jsonl:3", "no_patient"),
        ("n.jsonl:4", "no_text"),
        ("n.jsonl:5", "not_readable"),
        ("n.jsonl:6", "not_readable"),
        ("n.jsonl:7", "not_readable"),
        ("n.jsonl:8", "too_long"),
        ("2", "last"),
    ]


def test_a_strange_first_object_does_not_end_the_run_but_nothing_else_does(tmp_path: Path) -> None:
    rows = _rows(tmp_path / "n.jsonl", '{"made": "today"}\n{"mrn": "1", "note_text": "ok"}\n')
    assert _short(rows) == [("n.jsonl:1", "not_readable"), ("1", "ok")]
    with pytest.raises(InputError, match="made"):
        _rows(tmp_path / "m.jsonl", '{"made": "today"}\n')


def test_a_quote_that_is_not_closed_costs_its_own_row_alone(tmp_path: Path) -> None:
    # Row 3 opens a quote that nothing closes: read on, it would take the text of patients 3 and 4 for that of 2.
    content = 'patient,text\n1,"two\nlines"\n2,"open\n3,third\n4,fourth\n'
    assert _short(_rows(tmp_path / "n.csv", content)) == [
        ("1", "two\nlines"),
        ("n.csv:3", "not_readable"),
        ("3", "third"),
        ("4", "fourth"),
    ]


def test_ragged_rows_and_nuls_are_set_aside(tmp_path: Path) -> None:
    content = "patient,text\n1,ok\n2,a,b\n3\n4,nu\0l\n\n5,ok\n"
    assert _short(_rows(tmp_path / "n.csv", content)) == [
        ("1", "ok"),
        ("n.csv:3", "not_readable"),
        ("n.csv:4", "not_readable"),
        ("n.csv:5", "not_readable"),
        ("5", "ok"),
    ]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_what_parts_columns_is_found(tmp_path: Path, mark: str) -> None:
    assert _short(_rows(tmp_path / "n.txt", f"患者ID{mark}病历内容\n1{mark}咳嗽\n")) == [("1", "咳嗽")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str, suffix: str) -> None:
    row = {"patient": "1", "text": "患儿身材高大"}
    written = json.dumps(row, ensure_ascii=False) if suffix == "jsonl" else "patient,text\n1,患儿身材高大\n"
    assert _short(_rows(tmp_path / f"n.{suffix}", written.encode(encoding))) == [("1", "患儿身材高大")]


@pytest.mark.parametrize(("encoding", "broken"), [("utf-8", b"2,\xe5\x92\n"), ("gb18030", b"2,\xff\xff\n")])
def test_a_damaged_byte_costs_its_row_and_not_the_encoding(tmp_path: Path, encoding: str, broken: bytes) -> None:
    whole = ["1,患儿咳嗽\n".encode(encoding), "3,发热三天\n".encode(encoding)]
    rows = _rows(tmp_path / "n.csv", b"patient,text\n" + whole[0] + broken + whole[1])
    assert _short(rows) == [("1", "患儿咳嗽"), ("n.csv:3", "not_readable"), ("3", "发热三天")]


def test_the_encoding_is_sought_beyond_the_beginning(tmp_path: Path) -> None:
    plain = "1,plain words\n" * 60_000  # 840 kB of ASCII: the first sample tells nothing
    rows = _rows(tmp_path / "n.csv", ("patient,text\n" + plain).encode() + "2,患儿咳嗽\n".encode("gb18030"))
    assert _short(rows[-1:]) == [("2", "患儿咳嗽")]


def test_utf_16_that_is_cut_off_is_set_aside_at_its_end(tmp_path: Path) -> None:
    content = '{"patient":"1","text":"ok"}\n{"patient":"2","text":"cut"}'.encode("utf-16")[:-1]
    rows = _rows(tmp_path / "n.jsonl", content)
    assert SetAside("n.jsonl:2", Reason.NOT_READABLE) in rows
    assert all(not isinstance(row, NoteRow) or row.patient == "1" for row in rows)


def test_a_packed_file_that_is_cut_off_is_one_clear_error(tmp_path: Path) -> None:
    import gzip

    packed = gzip.compress(b"".join(b'{"patient":"1","text":"%d"}\n' % at for at in range(9000)))
    with pytest.raises(PhenomapError, match="cut off"):
        _rows(tmp_path / "n.jsonl.gz", packed[: len(packed) // 2])


def test_columns_that_are_not_there_name_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ward, words"):
        _rows(tmp_path / "n.csv", "ward,words\n1,x\n")
    told = Columns.parse("patient=ward,text=words")
    assert _short(_rows(tmp_path / "n.csv", "ward,words\n1,x\n", columns=told)) == [("1", "x")]
    with pytest.raises(InputError, match="two columns"):
        _rows(tmp_path / "n.csv", "mrn,text,text\n1,x,y\n")


@pytest.mark.parametrize(
    "told",
    ["2021-03-04", "2021/3/4", "20210304", "2021.3.4", "2021年3月4日", "2021-03-04T10:20:30Z", "2021年3月4日 10时20分",
     "20210304102030", datetime(2021, 3, 4, 5), date(2021, 3, 4)],
)  # fmt: skip
def test_dates_that_are_written_year_first(told: object) -> None:
    assert day_of(told) == date(2021, 3, 4)


@pytest.mark.parametrize("told", ["03/04/2021", "1899-12-31", "2999-01-01", "2021-02-30", "2021-03-04 or later", "x"])
def test_a_date_that_is_not_understood_is_a_doubt(told: str) -> None:
    assert understood(told, None, None, None) == (None, None, PatientSex.UNKNOWN, (Doubt.DATE,))


def test_day_and_month_are_told_apart_by_the_format_alone() -> None:
    assert day_of("03/04/2021", "%d/%m/%Y") == date(2021, 4, 3)
    assert day_of("03/04/2021", "%m/%d/%Y") == date(2021, 3, 4)


@pytest.mark.parametrize(
    ("told", "sex"),
    [("F", "FEMALE"), ("女性", "FEMALE"), (2, "FEMALE"), (8532, "FEMALE"), ("男", "MALE"), (1.0, "MALE"),
     ("", "UNKNOWN")],
)  # fmt: skip
def test_sexes(told: object, sex: str) -> None:
    assert understood(None, None, told, None)[2:] == (PatientSex[sex], ())


def test_a_sex_that_is_not_understood_is_a_doubt() -> None:
    assert understood(None, None, "3", None)[3] == (Doubt.SEX,)


def test_words_of_the_command_win_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('encoding = "gbk"\ndate_format = "%d/%m/%Y"\n[columns]\npatient = "A"\ntext = "B"\n')
    options = read_options(config, {"encoding": "utf-8"}, "text=C", None)
    assert (options.encoding, options.date_format) == ("utf-8", "%d/%m/%Y")
    assert (options.columns.patient, options.columns.text) == ("A", "C")


@pytest.mark.parametrize(
    "words", ["x = [", 'kind = "tape"', "encoding = 3", 'other = "x"', '[columns]\nward = "x"', 'date_format = "%Q"']
)
def test_a_fault_of_the_config_is_one_clear_error(tmp_path: Path, words: str) -> None:
    (tmp_path / "c.toml").write_text(words)
    with pytest.raises(InputError):
        read_options(tmp_path / "c.toml", {}, None, None)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "hollow").mkdir()
    (tmp_path / "notes.xyz").write_text("x")
    (tmp_path / "array.json").write_text('[{"patient": "1"}]')
    for name in ("absent.csv", "empty.csv", "hollow", "notes.xyz", "array.json"):
        with pytest.raises(InputError) as caught:
            open_source(str(tmp_path / name), SourceOptions())
        assert caught.value.field == "source"
    with pytest.raises(InputError):
        _rows(tmp_path / "n.csv", "patient,text\n1,x\n", encoding="no-such")


def test_an_archive_this_user_may_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("patient,text\n1,x\n")
    (tmp_path / "n.csv").chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # to root nothing is forbidden
    try:
        with pytest.raises(InputError, match="Permission denied"):
            open_source(str(tmp_path / "n.csv"), SourceOptions())
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("suffix", ["ndjson", "parquet", "txt"])
def test_a_file_that_vanishes_in_the_middle_is_one_clear_error(tmp_path: Path, suffix: str) -> None:
    import duckdb

    for name in "ab":
        file = tmp_path / "1" / f"{name}.{suffix}"
        file.parent.mkdir(exist_ok=True)
        if suffix == "parquet":
            duckdb.sql(f"COPY (SELECT '1' AS patient, 'x' AS text) TO '{file}' (FORMAT parquet)")
        elif suffix == "ndjson":
            file.write_text(
                '{"resourceType": "Observation", "subject": {"reference": "Patient/1"}, "valueString": "x"}\n'
            )
        else:
            file.write_text("x")
    where = tmp_path if suffix == "txt" else tmp_path / "1"
    rows = open_source(str(where), SourceOptions()).rows()
    assert isinstance(next(rows), NoteRow)
    (tmp_path / "1" / f"b.{suffix}").unlink()
    with pytest.raises(PhenomapError, match=f"b.{suffix}"):
        list(rows)
