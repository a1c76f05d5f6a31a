"""Plain text in the encodings that hospitals send it in, and what is no text."""

from __future__ import annotations

import codecs

import pytest

CHINESE = "主诉：反复抽搐3年。\n查体：身材矮小，脊柱侧弯；听力下降（双侧）。"
TRADITIONAL = "主訴：反覆抽搐三年。\n身體檢查：身材矮小，脊柱側彎；聽力下降。"


@pytest.mark.parametrize(
    ("content", "guessed"),
    [
        (CHINESE.encode(), None),
        (codecs.BOM_UTF8 + CHINESE.encode(), None),
        (CHINESE.encode("utf-16"), None),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), None),
        (CHINESE.encode("utf-32"), None),
        (CHINESE.encode("utf-16-le"), "UTF-16"),
        (CHINESE.encode("utf-16-be"), "UTF-16"),
        (CHINESE.encode("gb18030"), "GB18030"),
        (b"\x84\x31\x95\x33" + CHINESE.encode("gb18030"), None),
    ],
)
def test_chinese_in_every_encoding_is_read_and_what_was_guessed_is_told(read_here, told, content, guessed):
    document = read_here(content)
    assert (document.text, document.kind, document.pages) == (CHINESE, "text", None)
    assert told(document) == ({"encoding": guessed} if guessed else {})


def test_big5_is_not_taken_for_gb18030(read_here, told):
    # Its bytes are valid in both: those of "反覆抽搐" begin with what is "は滦" in GB 18030.
    content = TRADITIONAL.encode("big5")
    assert "は滦" in content.decode("gb18030")
    document = read_here(content)
    assert (document.text, told(document)) == (TRADITIONAL, {"encoding": "Big5"})


@pytest.mark.parametrize("text", ["Temp 38.5°C, naïve", "the patient’s mother – café-au-lait", "Größe 120 cm ± 2"])
def test_western_text_of_old_programs_is_read(read_here, told, text):
    document = read_here(text.encode("cp1252"))
    assert (document.text, told(document)) == (text, {"encoding": "Windows-1252"})


@pytest.mark.parametrize("text", ["癫痫", "身高低于第三百分位", "智力障碍、肌张力低下"])
def test_a_few_characters_suffice(read_here, text):
    assert read_here(text.encode("gb18030")).text == text


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\xd8", codecs.BOM_UTF8 + b"\xff\xff", b"\xc3\x28\x81\x20\xff" * 20])
def test_bytes_that_are_no_letters_in_any_encoding_are_refused(refusal, content):
    assert refusal(content) in {"encoding", "unknown"}


def test_line_ends_and_blanks_are_made_alike(read_here):
    assert (
        read_here(b"\r\nOne.  \r\nTwo.\rThree.\n\n\n\n\nFour.\x0cFive.\n").text == "One.\nTwo.\nThree.\n\nFour.\nFive."
    )


def test_what_is_not_seen_is_taken_out(read_here, told):
    document = read_here("sei\u00adzures \u202eevil\u202c \u200bhypo\u2060tonia\x07".encode())
    assert (document.text, told(document)) == ("seizures evil hypotonia", {"controls": 1})


def test_boxes_that_were_not_ticked_are_told_of(read_here, told):
    assert told(read_here("☐ seizures ☒ scoliosis □ 癫痫".encode()))["unticked"] == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n\t\n", "no_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "WordDocument".encode("utf-16-le"), "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "other_office"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"II*\x00" + bytes(100), "picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "picture"),
        (b"BM\x00\x10\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00" + bytes(50), "picture"),
        (b"Rar!\x1a\x07\x01\x00", "archive"),
        (b"\x1f\x8b\x08" + bytes(20), "archive"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "web_archive"),
        (b'<?xml version="1.0"?><ClinicalDocument/>', "unknown"),
        (bytes(range(256)) * 8, "unknown"),
    ],
)
def test_what_is_not_read_is_refused_by_its_content(refusal, content, why):
    assert refusal(content) == why


def test_words_that_begin_as_a_bitmap_does_are_words(read_here):
    assert read_here(b"BMI 17 kg/m2, short stature.").text == "BMI 17 kg/m2, short stature."


def test_a_text_that_is_too_long_is_refused_and_not_cut(read_here, refusal):
    assert len(read_here(b"a " * 50, characters=99).text) == 99
    assert refusal(b"a " * 51, characters=99) == "too_long"
