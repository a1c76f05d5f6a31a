"""PDF files: what a page shows in which order, fonts, heads and feet, and files without text."""

from __future__ import annotations

import pytest

MARGIN = 60


def wrapped(shown, *lines, y=700.0, x=MARGIN, size=10):
    return shown(*((x, y - 14 * at, line) for at, line in enumerate(lines)), size=size)


def test_lines_are_read_from_the_top_whatever_the_order_they_are_drawn_in(read_here, pdf, shown):
    document = read_here(pdf(shown((60, 600, "third"), (60, 700, "first"), (60, 650, "second"))))
    assert (document.text, document.kind, document.pages) == ("first\nsecond\nthird", "pdf", 1)


def test_words_of_a_line_are_read_from_the_left_with_spaces_where_there_are_gaps(read_here, pdf, shown):
    # Helvetica: "scoli" is 2.056 em, 20.56 points; what begins there goes on in the word, 3 points further is a space.
    content = shown((60 + 20.56, 700, "osis"), (60, 700, "scoli"), (60 + 20.56 + 17.8 + 3, 700, "mild"))
    assert read_here(pdf(content)).text == "scoliosis mild"


def test_kerning_within_a_word_makes_no_space_and_a_move_as_wide_as_one_does(read_here, pdf):
    content = b"BT /F1 10 Tf 60 700 Td [(sei) -30 (zu) 20 (res) -280 (and) -3000 (no)] TJ ET"
    assert read_here(pdf(content)).text == "seizures and: no"


def test_cells_of_a_table_do_not_run_together(read_here, pdf, shown):
    rows = [(60, 700, "Hearing loss"), (200, 700, "no"), (60, 680, "Scoliosis"), (200, 680, "yes"), (300, 680, "mild")]
    assert read_here(pdf(shown(*rows))).text == "Hearing loss: no\nScoliosis: yes; mild"


def test_words_set_flush_are_words_and_no_cells(read_here, pdf, shown):
    # Gaps of about 1.8 em, all alike, between words of 2 to 3 em.
    line = [(60 + 42 * at, 700, word) for at, word in enumerate(["there", "were", "never", "fever", "fits"])]
    assert read_here(pdf(shown(*line))).text == "there were never fever fits"


def test_an_exponent_stays_in_its_line(read_here, pdf, shown):
    content = shown((60, 700, "120 x 10")) + b"\n" + shown((98, 704, "9"), size=6) + b"\n" + shown((102, 700, "/L"))
    assert read_here(pdf(content)).text == "120 x 109/L"


def test_words_drawn_twice_to_look_bold_are_read_once(read_here, pdf, shown):
    content = shown((60, 700, "Diagnosis"), (60.3, 700, "Diagnosis"), (200, 700, "Diagnosis"))
    assert read_here(pdf(content)).text == "Diagnosis: Diagnosis"


def test_two_columns_are_read_one_after_the_other(read_here, pdf, shown):
    # 24 letters of about half an em fill a column of 120 points.
    left = [f"left column line number {at}" for at in range(6)]
    right = [f"right column line numb {at}" for at in range(6)]
    content = wrapped(shown, *left) + b"\n" + wrapped(shown, *right, x=200)
    text = read_here(pdf(content)).text
    assert "".join(text.split()) == "".join("".join([*left, *right]).split())


def test_a_table_of_two_short_columns_is_read_by_row(read_here, pdf, shown):
    findings = ["Fits", "Deaf", "Blind", "Short stature of the trunk", "Tall", "Thin"]
    content = wrapped(shown, *findings) + b"\n" + wrapped(shown, *["no"] * 6, x=300)
    assert read_here(pdf(content)).text == "\n".join(f"{finding}: no" for finding in findings)


def test_a_word_broken_at_the_end_of_a_line_is_joined(read_here, pdf, shown):
    first = "The boy has a marked generalised muscular hypo-"
    content = wrapped(shown, first, "tonia, and wide-", "spaced nipples.")
    assert read_here(pdf(content)).text == f"{first[:-1]}tonia, and wide-spaced nipples."


def test_a_full_line_of_latin_letters_goes_on_only_in_small_letters(read_here, pdf, shown):
    full = "He has had a congenital heart disease since he was born"
    assert read_here(pdf(wrapped(shown, full, "and scoliosis."))).text == f"{full} and scoliosis."
    assert read_here(pdf(wrapped(shown, full, "Scoliosis."))).text == f"{full}\nScoliosis."


TEXT = "患儿自幼反复抽搐伴发育迟缓查体见先天性心脏病。听力下，降主诉"


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (["患儿自幼反复抽搐伴发育迟缓查体见先天性心", "脏病"], "患儿自幼反复抽搐伴发育迟缓查体见先天性心脏病"),
        (
            ["患儿自幼反复抽搐伴发育迟缓查体见先天性心", "，听力下降"],
            "患儿自幼反复抽搐伴发育迟缓查体见先天性心，听力下降",
        ),
        (
            ["患儿自幼反复抽搐伴发育迟缓查体见先天性。", "听力下降"],
            "患儿自幼反复抽搐伴发育迟缓查体见先天性。\n听力下降",
        ),
        (["先天性心", "脏病", "患儿自幼反复抽搐伴发育迟缓查体见先天性心"], None),
    ],
)
def test_a_full_line_of_chinese_goes_on_without_a_space(read_here, pdf, chinese, lines, read):
    font, show = chinese
    content = show(TEXT, *((60, 700 - 16 * at, line) for at, line in enumerate(lines)))
    document = read_here(pdf(content, objects=font(TEXT), fonts=b"/F2 10 0 R"))
    assert document.text == (read or "\n".join(lines))


def test_chinese_drawn_character_by_character_has_no_spaces(read_here, pdf, chinese):
    font, show = chinese
    content = show(TEXT, *((60 + 13 * at, 700, letter) for at, letter in enumerate("先天性心脏病")))
    assert read_here(pdf(content, objects=font(TEXT), fonts=b"/F2 10 0 R")).text == "先天性心脏病"


def test_a_font_that_does_not_say_its_characters_is_refused(refusal, pdf, chinese):
    font, show = chinese
    content = show(TEXT, (60, 700, "先天性心脏病"))
    assert refusal(pdf(content, objects=font(TEXT, to_unicode=False), fonts=b"/F2 10 0 R")) == "unreadable_fonts"


def test_a_few_characters_without_a_map_are_told_of(read_here, pdf, chinese, shown, told):
    font, show = chinese
    content = show(TEXT, (60, 700, "先天")) + b"\n" + shown((60, 600, "congenital heart disease"))
    document = read_here(pdf(content, objects=font(TEXT, to_unicode=False), fonts=b"/F2 10 0 R"))
    assert (document.text, told(document)) == ("\ufffd\ufffd\ncongenital heart disease", {"unreadable": 2})


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("GBK-EUC-H", "gbk"), ("UniGB-UCS2-H", "utf-16-be"), ("UniGB-UTF16-H", "utf-16-be"), ("ETen-B5-H", "big5")],
)
def test_fonts_that_are_not_embedded_are_read_by_their_encoding(read_here, pdf, encoding, codec):
    words = "脊柱異常 3 cm" if codec == "big5" else "脊柱侧弯 3 cm"
    fonts = {
        10: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /%s /DescendantFonts [11 0 R] >>"
        % encoding.encode(),
        11: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>",
    }
    content = f"BT /F2 10 Tf 60 700 Td <{words.encode(codec).hex()}> Tj ET".encode()
    assert read_here(pdf(content, objects=fonts, fonts=b"/F2 10 0 R")).text == words


def test_radicals_and_ligatures_become_the_characters_meant(read_here, pdf, chinese):
    font, show = chinese
    words = "⼼脏⻓⽿ﬁts"
    document = read_here(pdf(show(words, (60, 700, words)), objects=font(words), fonts=b"/F2 10 0 R"))
    assert document.text == "心脏长耳fits"


def pages(shown, count=4, body="Body {}.", foot="Page {} of 4", head="St Elsewhere"):
    return [
        shown((60, 800, head.format(at)), (60, 700, body.format(at)), (280, 30, foot.format(at)))
        for at in range(1, count + 1)
    ]


def test_heads_are_kept_once_and_page_numbers_not(read_here, pdf, shown, told):
    document = read_here(pdf(*pages(shown)))
    assert document.text == "St Elsewhere\nBody 1.\nBody 2.\nBody 3.\nBody 4."
    assert (document.pages, told(document)) == (4, {"running_lines": 1, "page_numbers": 4})


@pytest.mark.parametrize("foot", ["{}", "- {} -", "{} / 4"])
def test_bare_page_numbers_are_left_out(read_here, pdf, shown, told, foot):
    document = read_here(pdf(*pages(shown, foot=foot)))
    assert document.text.split("\n")[-1] == "Body 4."
    assert told(document)["page_numbers"] == 4


def test_numbers_at_the_foot_that_do_not_count_pages_are_kept(read_here, pdf, shown, told):
    values = ["17", "42", "3", "88"]
    contents = [shown((60, 700, f"Body {value}."), (60, 30, value)) for value in values]
    document = read_here(pdf(*contents))
    assert document.text == "\n".join(f"Body {value}.\n{value}" for value in values)
    assert told(document) == {}


def test_first_lines_that_differ_are_no_heads(read_here, pdf, shown):
    document = read_here(pdf(*pages(shown, head="Visit {}")))
    assert [line for line in document.text.split("\n") if line.startswith("Visit")] == [
        f"Visit {n}" for n in range(1, 5)
    ]


def test_a_single_page_has_neither_head_nor_foot(read_here, pdf, shown, told):
    document = read_here(pdf(pages(shown, 1)[0]))
    assert (document.text, told(document)) == ("St Elsewhere\nBody 1.\nPage 1 of 4", {})


IMAGE = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
SCAN = b"q 595 0 0 842 0 0 cm /Im0 Do Q\n"


def with_image(stream):
    return {"objects": {20: stream(b"\0", IMAGE[3:])}, "resources": b"/XObject << /Im0 20 0 R >>"}


def test_a_scan_is_refused_even_where_each_page_has_a_stamp(refusal, pdf, stream, shown):
    assert refusal(pdf(SCAN, SCAN, **with_image(stream))) == "no_text_layer"
    stamped = SCAN + shown((60, 20, "Scanned by CamScanner"))
    assert refusal(pdf(stamped, stamped, stamped, **with_image(stream))) == "no_text_layer"
    assert refusal(pdf(b"", b"")) == "no_text_layer"


def test_pages_that_are_pictures_among_others_are_named(read_here, pdf, stream, shown, told):
    page = shown((60, 700, "Seizures."))
    document = read_here(pdf(page, SCAN, SCAN, page + SCAN, SCAN, **with_image(stream)))
    assert told(document) == {"pages_without_text": "2–3, 5", "pictures": 4}


def test_text_recognised_behind_a_scan_is_read_and_told(read_here, pdf, stream, shown, told):
    page = SCAN + b"3 Tr " + shown((60, 700, "Seizures and scoliosis."))
    document = read_here(pdf(page, **with_image(stream)))
    assert (document.text, told(document)) == ("Seizures and scoliosis.", {"recognised": "1", "pictures": 1})


def test_unseen_text_beside_seen_text_is_left_out(read_here, pdf, shown, told):
    page = shown((60, 700, "Seen.")) + b" 3 Tr " + shown((60, 600, "Unseen."))
    document = read_here(pdf(page))
    assert (document.text, told(document)) == ("Seen.", {"hidden": 1})


def test_what_lies_beside_the_page_is_left_out(read_here, pdf, shown, told):
    document = read_here(pdf(shown((60, 700, "On it."), (700, 700, "Beside it."), (60, -50, "Below it."))))
    assert (document.text, told(document)) == ("On it.", {"hidden": 2})


def test_a_turned_page_is_read_as_it_is_shown(read_here, pdf):
    # Written upwards, for a page that is shown turned by 90 degrees clockwise.
    lines = b"BT /F1 10 Tf 0 1 -1 0 100 60 Tm (first) Tj ET BT /F1 10 Tf 0 1 -1 0 120 60 Tm (second) Tj ET"
    assert read_here(pdf(lines, page=b"/Rotate 90")).text == "first\nsecond"
    assert read_here(pdf(lines)).text == "first\nsecond"


def test_a_mark_aslant_does_not_break_lines(read_here, pdf, shown):
    mark = b"BT /F1 40 Tf 0.7 0.7 -0.7 0.7 100 600 Tm (DRAFT) Tj ET\n"
    assert (
        read_here(pdf(mark + wrapped(shown, "First line.", "Second line."))).text == "First line.\nSecond line.\nDRAFT"
    )


def test_forms_are_read_where_they_are_drawn(read_here, pdf, stream, shown):
    form = stream(shown((0, 0, "in the form")), b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]")
    content = shown((60, 700, "above")) + b" q 1 0 0 1 60 650 cm /Fm0 Do Q " + shown((60, 600, "below"))
    document = read_here(pdf(content, objects={20: form}, resources=b"/XObject << /Fm0 20 0 R >>"))
    assert document.text == "above\nin the form\nbelow"


def test_what_was_filled_into_a_form_is_read_in_its_place(read_here, pdf, shown, told):
    def field(inside: bytes, y: int) -> bytes:
        return b"<< /Type /Annot /Subtype /Widget /Rect [150 %d 300 %d] %s >>" % (y, y + 14, inside)

    objects = {
        20: field(b"/FT /Tx /T (a) /V (severe)", 697),
        21: field(b"/FT /Btn /T (b) /AS /Yes /V /Yes", 677),
        22: field(b"/FT /Btn /T (c) /AS /Off", 657),
        23: field(b"/Parent 24 0 R", 637),
        24: b"<< /FT /Ch /T (d) /V (left) >>",
        25: field(b"/FT /Tx /T (e) /F 2 /V (hidden)", 617),
    }
    content = shown((60, 700, "Fits"), (60, 680, "Deaf"), (60, 660, "Blind"), (60, 640, "Side"), (60, 620, "Last"))
    annotations = b"/Annots [20 0 R 21 0 R 22 0 R 23 0 R 25 0 R]"
    document = read_here(pdf(content, objects=objects, page=annotations))
    assert document.text == "Fits: severe\nDeaf: ☒\nBlind: ☐\nSide: left\nLast"
    assert told(document) == {"unticked": 1}


def test_an_operator_with_wrong_operands_is_passed_over(read_here, pdf, shown):
    assert read_here(pdf(b"(x) Tf 1 Td /a cm BT (lost) Tj ET [1 2] Tj " + shown((60, 700, "kept")))).text == "kept"


def test_a_page_that_cannot_be_read_is_told_of_and_the_others_read(read_here, pdf, shown, told):
    broken = {30: b"<< /Length 5 /Filter /Unheard >>\nstream\nxxxxx\nendstream"}
    content = pdf(shown((60, 700, "one")), shown((60, 700, "two")), objects=broken)
    document = read_here(content.replace(b"/Contents 100003 0 R", b"/Contents 000030 0 R"))
    assert (document.text, told(document)) == ("one", {"pages_without_text": "2"})


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_protected_file_is_refused(refusal, pdf, shown, password):
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer, content = PdfWriter(clone_from=PdfReader(BytesIO(pdf(shown((60, 700, "x")))))), BytesIO()
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(content)
    assert refusal(content.getvalue()) == "encrypted"
