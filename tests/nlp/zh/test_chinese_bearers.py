"""Whose a finding is: the patient's, or that of a relative who is named, examined, introduced, or only tells."""

from __future__ import annotations

import pytest

from nlp.readers import NoteReaders

SEIZURE, WIDE_EYES, SMALL_HEAD = "HP:0001250", "HP:0000316", "HP:0000252"


def read(readers: NoteReaders, text: str) -> list[tuple[str, str]]:
    """Terms and assertions, in order of position."""
    return [(m.type, m.assertion.value) for m in readers.read("n", text).mentions]


@pytest.mark.parametrize(
    "text",
    [
        "男，5岁。二舅抽搐。",
        "男，5岁。姨表弟抽搐。",
        "男，5岁。外祖抽搐。",
        "男，5岁。家族多人抽搐。",
        "男，5岁。父：健康；姐：抽搐。",  # a name and a colon begin an entry, and no story
        "男，5岁。姐姐的孩子抽搐。",  # not the patient, as 孩子 alone would be
        "男，5岁。舅舅的儿子抽搐。",
        "男，5岁。母亲体检发现抽搐。",  # 体检 alone turns to the patient
        "男，5岁。妹妹说话晚，抽搐。",  # 说话 is speaking, not telling
        "男，5岁。父母均抽搐。",
    ],
)
def test_relative_bears_it(readers: NoteReaders, text: str) -> None:
    assert (SEIZURE, "family") in read(readers, text)
    assert (SEIZURE, "observed") not in read(readers, text)


@pytest.mark.parametrize(
    "text",
    [
        "男，5岁，爸爸在旁边补充：抽搐。",
        "女，5岁，她娘说：会叫娘，抽搐。",  # 叫娘 is a word the child says
        "男，5岁，妈妈哭诉：抽搐。",
        "患儿，女，父亲35岁，母亲33岁，G2P1，足月顺产，抽搐。",  # the birth told behind the parents is the patient's
        "先证者之父，38岁，抽搐。",  # the note is about him
        "先证者姐弟二人。姐姐（本人）5岁，抽搐。",
    ],
)
def test_patient_bears_it(readers: NoteReaders, text: str) -> None:
    assert (SEIZURE, "observed") in read(readers, text)
    assert "family" not in {assertion for _, assertion in read(readers, text)}


def test_relative_in_brackets_ends_with_them(readers: NoteReaders) -> None:
    told = read(readers, "眼距宽（父亲亦有抽搐），小头畸形。")
    assert told == [(WIDE_EYES, "observed"), (SEIZURE, "family"), (SMALL_HEAD, "observed")]


def test_what_parents_deny_is_excluded(readers: NoteReaders) -> None:
    assert read(readers, "男，5岁。母亲否认抽搐。") == [(SEIZURE, "excluded")]
