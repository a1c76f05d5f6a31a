"""Word documents: made by python-docx, and by hand where it makes none."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document as WordDocument


def saved(word) -> bytes:
    content = BytesIO()
    word.save(content)
    return content.getvalue()


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(*paragraphs: str) -> str:
    return f"<w:tc>{''.join(p(r(each)) for each in paragraphs)}</w:tc>"


def test_a_document_as_word_writes_it(read_here, told):
    word = WordDocument()
    word.sections[0].header.paragraphs[0].text = "某某儿童医院"
    word.sections[0].footer.paragraphs[0].text = "遗传科"
    word.add_heading("出院小结", 1)
    word.add_paragraph("主诉：反复抽搐3年。")
    table = word.add_table(rows=2, cols=2)
    for at, text in enumerate(["Hearing loss", "no", "脊柱侧弯", "有"]):
        table.cell(at // 2, at % 2).text = text
    document = read_here(saved(word))
    lines = ["某某儿童医院", "出院小结", "主诉：反复抽搐3年。", "Hearing loss: no", "脊柱侧弯：有", "遗传科"]
    assert document.text.split("\n") == lines
    assert (document.kind, document.pages, told(document)) == ("docx", None, {"tables": 1})


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        (["Hearing loss", "no", "since birth"], ["Hearing loss: no; since birth"]),
        (["听力下降：", "无", "脊柱侧弯", "有"], ["听力下降：无；脊柱侧弯；有"]),
        (["癫痫", "无", "脊柱侧弯", "有"], ["癫痫：无；脊柱侧弯：有"]),
        (["Name: Ann", "Sex: female"], ["Name: Ann; Sex: female"]),
        (["He has no seizures.", "scoliosis"], ["He has no seizures. scoliosis"]),
        (["", "alone", ""], ["alone"]),
        (["", ""], []),
    ],
)
def test_a_row_is_one_line_whose_cells_do_not_run_together(read_here, docx, cells, lines):
    rows = f"<w:tbl><w:tr>{''.join(cell(each) for each in cells)}</w:tr></w:tbl>"
    assert read_here(docx(rows + p(r("end")))).text.split("\n") == [*lines, "end"]


def test_a_cell_of_several_paragraphs_keeps_them_and_its_label(read_here, docx):
    row = f"<w:tbl><w:tr>{cell('查体')}{cell('身材矮小', '脊柱侧弯')}{cell('end')}</w:tr></w:tbl>"
    assert read_here(docx(row)).text == "查体：身材矮小\n脊柱侧弯\nend"


def test_a_table_within_a_table_is_read_in_its_place(read_here, docx):
    inner = f"<w:tbl><w:tr>{cell('inner')}{cell('value')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p(r('before'))}{inner}{p(r('after'))}</w:tc></w:tr></w:tbl>"
    assert read_here(docx(outer)).text == "before\ninner: value\nafter"


def test_tracked_changes_are_taken_as_accepted(read_here, docx, told):
    ins = f'<w:ins w:id="1">{r("new")}</w:ins>'
    gone = '<w:del w:id="2"><w:r><w:delText>old</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{r("from")}</w:moveFrom><w:moveTo w:id="4">{r("to")}</w:moveTo>'
    document = read_here(docx(p(r("a "), ins, gone, r(" b "), moved)))
    assert (document.text, told(document)) == ("a new b to", {"deleted": 2})


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(read_here, docx):
    mark = '<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
    assert read_here(docx(p(mark, r("no ")) + p(r("seizures")) + p(r("end")))).text == "no seizures\nend"


def test_a_deleted_row_is_left_out(read_here, docx):
    gone = f'<w:tr><w:trPr><w:del w:id="1"/></w:trPr>{cell("gone")}</w:tr>'
    document = read_here(docx(f"<w:tbl>{gone}<w:tr>{cell('kept')}</w:tr></w:tbl>"))
    assert document.text == "kept"


@pytest.mark.parametrize(
    ("properties", "notice"),
    [("<w:vanish/>", "hidden"), ("<w:strike/>", "struck"), ('<w:dstrike w:val="1"/>', "struck")],
)
def test_what_is_hidden_or_struck_through_is_left_out_and_told(read_here, docx, told, properties, notice):
    document = read_here(docx(p(r("a"), r("b", properties), r("c"))))
    assert (document.text, told(document)) == ("ac", {notice: 1})


def test_what_is_expressly_not_hidden_is_read(read_here, docx, told):
    document = read_here(docx(p(r("a", '<w:vanish w:val="0"/><w:strike w:val="false"/>'))))
    assert (document.text, told(document)) == ("a", {})


def test_a_text_box_is_read_once_behind_its_paragraph(read_here, docx):
    box = f"<w:txbxContent>{p(r('in the box'))}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    shape = f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"
    assert read_here(docx(p(r("before "), shape, r("after")))).text == "before after\nin the box"


def test_heads_notes_and_feet_are_read_once_and_page_numbers_not(read_here, docx):
    number = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE \\* MERGEFORMAT </w:instrText></w:r>'
    number += f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("7")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    separator = f'<w:footnote w:type="separator" w:id="-1">{p(r("----"))}</w:footnote>'
    beside = {
        "header1": p(r("Head")),
        "header2": p(r("Head")) + p(r("第 "), number, r(" 页")),
        "footnotes": f'{separator}<w:footnote w:id="1">{p(r("A note."))}</w:footnote>',
        "footer": p(r("Foot")) + p(f'<w:fldSimple w:instr="NUMPAGES">{r("9")}</w:fldSimple>'),
    }
    assert read_here(docx(p(r("Body.")), beside)).text == "Head\nBody.\nA note.\nFoot"


def test_a_field_shows_its_result(read_here, docx):
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    link = f'{begin}<w:r><w:instrText>HYPERLINK "http://x"</w:instrText></w:r>{separate}{r("shown")}{end}'
    assert read_here(docx(p(link, r(" after")))).text == "shown after"


def test_a_field_that_never_ends_does_not_swallow_what_follows(read_here, docx):
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    assert read_here(docx(p(begun) + p(r("kept")))).text == "kept"


def test_boxes_and_lists_of_a_form_are_read(read_here, docx, told):
    def ticking(inside: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{inside}</w:ffData></w:fldChar></w:r>'

    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    off, on = '<w:checkBox><w:default w:val="0"/></w:checkBox>', "<w:checkBox><w:checked/></w:checkBox>"
    listed = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="yes"/><w:listEntry w:val="no"/></w:ddList>'
    body = p(ticking(off), end, r(" fits ")) + p(ticking(on), end, r(" deaf ")) + p(ticking(listed), end)
    document = read_here(docx(body))
    assert (document.text, told(document)) == ("☐ fits\n☒ deaf\nno", {"unticked": 1})


def test_symbols_of_ticks_are_read(read_here, docx):
    symbols = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Wingdings 2" w:char="F0A3"/></w:r>'
    assert read_here(docx(p(symbols, r(" x")))).text == "☑☐ x"


def test_what_a_form_asks_for_is_not_what_it_says(read_here, docx, told):
    empty = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p(r('Click here'))}</w:sdtContent></w:sdt>"
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{p(r('癫痫'))}</w:sdtContent></w:sdt>"
    document = read_here(docx(empty + filled))
    assert (document.text, told(document)) == ("癫痫", {"placeholders": 1})


def test_what_is_not_read_is_counted(read_here, docx, told):
    drawing = '<w:r><w:drawing><a:blip r:embed="x"/></w:drawing><w:object><w:OLEObject/></w:object></w:r>'
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    document = read_here(docx(p(r("text"), drawing, comment)))
    assert told(document) == {"pictures": 1, "embedded": 1, "comments": 1}


def test_breaks_tabs_and_hyphens_are_letters(read_here, docx):
    run = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>X</w:t><w:noBreakHyphen/><w:t>linked</w:t></w:r>"
    tabs = '<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>'
    assert read_here(docx(p(tabs, run))).text == "a\tb\nX-linked"


def test_the_main_part_may_be_called_otherwise(read_here, package):
    body = '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
    relationship = '<Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"'
    parts = {
        "_rels/.rels": f'<Relationships>{relationship} Target="/word/document2.xml"/></Relationships>',
        "word/document2.xml": f"{body}{p(r('strict'))}</w:body></w:document>",
    }
    assert read_here(package(parts)).text == "strict"
