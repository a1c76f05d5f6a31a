"""PDFs for filing: PDF/A and PDF/UA, the font embedded, as many pages as are needed, and a plain no without a font."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from service.printing import press as presses
from service.printing.diseases import MOST_REASONS
from service.printing.laying import pdf_of
from service.printing.press import Press, PressFailed, PressMissing
from service.printing.report import report_of
from service.settings import Settings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PACKAGED = Path(presses._packaged())


def reader(content):
    return PdfReader(BytesIO(content))


@pytest.fixture(params=["print", "order"])
def pdf(request, clinician, assess):
    return reader(assess(clinician, "zh").pdf(request.param, language="zh"))


def fonts_of(pdf):
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield font.get_object()["/DescendantFonts"][0].get_object(), font.get_object()


def test_every_font_is_embedded_as_the_glyphs_used_and_its_text_can_be_copied(pdf):
    fonts = list(fonts_of(pdf))
    assert fonts
    for font, whole in fonts:
        file = {name: font["/FontDescriptor"][name] for name in font["/FontDescriptor"] if "/FontFile" in name}
        assert len(file) == 1, "embedded"
        assert len(next(iter(file.values())).get_data()) < 1_000_000, "a part of 33 MB"
        assert "/ToUnicode" in whole
        assert "NotoSansCJK" in font["/BaseFont"]


def test_it_is_for_filing_and_for_screen_readers(pdf):
    catalogue = pdf.trailer["/Root"]
    said = catalogue["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert catalogue["/Lang"] == "zh-CN"
    assert catalogue["/MarkInfo"]["/Marked"]


def test_it_runs_nothing_and_names_nobody_outside_its_pages(pdf):
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(pdf.trailer["/Root"])
    assert "Zhang" not in str(pdf.metadata)
    assert "Zhang" not in pdf.trailer["/Root"]["/Metadata"].get_data().decode()


def test_three_hundred_findings_take_several_pages_and_each_is_there_once(press, kept, small_knowledge, voice, text_of):
    first = kept.shown.features[0]
    many = [first.model_copy(update={"label": f"Finding no {at:03}."}) for at in range(300)]
    shown = kept.shown.model_copy(update={"features": many})
    given = replace(kept, report=kept.report.model_copy(update={"shown": shown}))
    content = pdf_of(press, voice(), "report", report_of(voice(), small_knowledge, given, NOW))
    text, pages = text_of(content), len(reader(content).pages)
    assert pages >= 6
    for at in range(300):
        assert text.count(f"Findingno{at:03}.") == 1
    for at in range(1, pages + 1):
        assert f"page{at}of{pages}" in text


def test_more_reasons_than_a_sheet_holds_are_told_to_be_left_out(press, kept, small_knowledge, voice, text_of):
    """The first two diseases have 1,500 reasons each, as many as are printed; the third is named without its 1,500."""
    first = kept.shown.diseases[0]
    many = [first.contributions[0].model_copy(update={"label": f"No {at}."}) for at in range(MOST_REASONS // 2)]
    diseases = [first.model_copy(update={"name": f"Disease {at}.", "contributions": many}) for at in range(3)]
    shown = kept.shown.model_copy(update={"diseases": diseases, "tests": []})
    given = replace(kept, report=kept.report.model_copy(update={"shown": shown}))
    sheet = report_of(voice(), small_knowledge, given, NOW)
    assert [len(disease.matched) for disease in sheet.diseases] == [1500, 1500, 0]
    text = text_of(pdf_of(press, voice(), "report", sheet))
    assert all(f"Disease{at}." in text for at in range(3))
    assert text.count("No1499.") == 2
    assert text.count("Its1500reasonsarenotprinted:asheetholds3,000atmost.") == 1


def test_the_patient_and_the_state_stand_on_every_page_but_the_first(clinician, assess):
    pages = [page.extract_text() for page in reader(assess(clinician).pdf()).pages]
    assert len(pages) > 2
    for page in pages[1:]:
        assert "Wei Zhang · H-778899 · Draft: not signed by a clinician" in page


def test_the_font_is_the_one_that_was_checked(monkeypatch, tmp_path):
    assert hashlib.sha256(PACKAGED.read_bytes()).hexdigest() == presses._SHA256
    monkeypatch.setattr(presses, "_SHA256", "0" * 64)
    with pytest.raises(PressMissing, match="not the one"):
        Press.open()


def test_a_site_may_name_its_own_font(tmp_path, kept, small_knowledge, voice, text_of):
    path = tmp_path / "own.ttc"
    path.symlink_to(PACKAGED)
    own = Press.open(path, "Noto Sans CJK TC")
    assert own.family == "Noto Sans CJK TC"
    assert "arachnodactyly" in text_of(pdf_of(own, voice(), "report", report_of(voice(), small_knowledge, kept, NOW)))


@pytest.mark.parametrize(
    ("name", "family"), [("none.otf", "Noto Sans CJK SC"), ("text.otf", "Noto Sans CJK SC"), ("own.ttc", "Comic Sans")]
)
def test_without_such_a_font_there_is_a_page_and_no_pdf(hospital, assess, tmp_path, name, family):
    (tmp_path / "text.otf").write_text("no font")
    (tmp_path / "own.ttc").symlink_to(PACKAGED)
    with pytest.raises(PressMissing):
        Press.open(tmp_path / name, family)
    made = assess(hospital.client("clinician north"))
    settings = Settings(print_font=tmp_path / name, print_family=family)
    hospital.app.state.services = replace(hospital.app.state.services, settings=settings)
    assert "Phenotype report" in made.page()
    answer = made.client.get(f"{made.path}/print.pdf")
    assert answer.status_code == 503
    assert "font" in answer.json()["detail"]


def test_a_fault_of_the_sheet_tells_no_words_of_the_patient(press, caplog):
    """Typst's own message would quote the text that it could not set."""
    with pytest.raises(PressFailed) as raised:
        press.pdf("report", {"sheet": "Quxolath \x07", "words": {}})
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "Quxolath" not in str(raised.value) + caplog.text
