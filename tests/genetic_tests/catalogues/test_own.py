"""A laboratory's own table: in its own words, language and encoding, and every fault told with its row."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.faults import CatalogueRefused, RowNote

ENGLISH = """Test code,Test name,Method,Gene list,Locus,Sensitivity (%),Price (USD),Turnaround (weeks),Specimen
P1,Two genes,NGS panel,"BRCA1, FMR1",,95,300,4,blood
P2,Fragile X,TP-PCR,FMR1,FMR1 CGG,,,2,
P3,Everything,Trio WES,,,,,,
"""
CHINESE = """项目编码\t项目名称\t检测方法\t基因\t检测位点\t灵敏度\t价格（元）\t检测周期\t样本类型
甲1\t乳腺癌基因检测\t高通量测序\tBRCA1；ＦＭＲ１\t\t９５％\t1,200\t10个工作日\tEDTA抗凝血
甲2\t普拉德-威利综合征\t甲基化特异性MLPA\t无\t15q11-q13\t99%\t800\t7天\t外周血
"""


def test_a_table_in_english_with_units_in_its_header(read):
    reading = read(ENGLISH)
    assert reading.tests == (
        CatalogueTest("P1", "Two genes", "gene_panel", ("BRCA1", "FMR1"), "", (), 0.95, 300.0, 28.0, "blood"),
        CatalogueTest("P2", "Fragile X", "repeat_pcr", ("FMR1",), "FMR1 CGG", days=14.0),
        CatalogueTest("P3", "Everything", "exome"),
    )
    assert (reading.currency, reading.fault_count, reading.encoding) == ("USD", 0, "utf-8-sig")


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_in_chinese_in_every_encoding(read, encoding, named, packed):
    content = CHINESE.encode(encoding)
    reading = read(gzip.compress(content) if packed else content)
    assert reading.tests == (
        CatalogueTest(
            "甲1", "乳腺癌基因检测", "gene_panel", ("BRCA1", "FMR1"), "", (), 0.95, 1200.0, 14.0, "EDTA抗凝血"
        ),
        CatalogueTest("甲2", "普拉德-威利综合征", "methylation", (), "15q11-q13", (), 0.99, 800.0, 7.0, "外周血"),
    )
    assert (reading.currency, reading.encoding) == ("CNY", named)


def test_chinese_commas_between_symbols_do_not_hide_gb18030(read):
    genes = "、".join(["FMR1", "HTT", "SMN1", "BRCA1"] * 200)
    reading = read(f"编码,名称,方法,基因\nA,名称,基因包,{genes}\n".encode("gb18030"))
    assert reading.tests[0].genes == ("FMR1", "HTT", "SMN1", "BRCA1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(read, delimiter, end):
    rows = (("code", "name", "modality", "genes"), ("A", "a, b; c\t|", "gene_panel", "FMR1"))
    text = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert read(text).tests == (CatalogueTest("A", "a, b; c\t|", "gene_panel", ("FMR1",)),)


def test_remarks_above_the_header_and_lines_in_a_cell(read):
    reading = read('sep=,\nprice list 2026\n#code,name,modality,genes\nA,"two\nlines",panel,"FMR1\nHTT"\nB,b,wes,\n')
    assert [(test.name, test.genes) for test in reading.tests] == [("two\nlines", ("FMR1", "HTT")), ("b", ())]


@pytest.mark.parametrize(
    "content",
    [
        [{"code": "A", "name": "a", "modality": "mlpa", "genes": ["SMN1", "HTT"], "price": 12.5, "days": None}],
        {"laboratory": "x", "tags": ["y"], "tests": [{"days": 1}]},
        "lines",
    ],
)
def test_json_in_its_usual_forms(read, content):
    item = {"code": "A", "name": "a", "modality": "mlpa", "genes": ["SMN1", "HTT"], "price": 12.5}
    if content == "lines":
        text = json.dumps(item) + "\n" + json.dumps(item | {"code": "B"}) + "\n"
    elif isinstance(content, dict):
        text = json.dumps(content | {"tests": [item]}, indent=2)
    else:
        text = json.dumps(content)
    first = read(text, file="catalogue.json").tests[0]
    assert first == CatalogueTest("A", "a", "mlpa", ("SMN1", "HTT"), price=12.5)


HEADER = "code,name,modality,genes,target,sensitivity,price,days,currency\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,a,tea leaves,FMR1,,,,,", "'tea leaves' is no modality or method known here."),
        ("A,a,panel,,,,,,", "it is a panel and names no gene."),
        ("A,a,panel,NOPE,,,,,", "none of its genes is known."),
        (",a,panel,FMR1,,,,,", "its code is empty."),
        ("A,,panel,FMR1,,,,,", "its name is empty."),
        ("GOOD,a,panel,FMR1,,,,,", "its code 'GOOD' is that of row 2, too."),
        ("A,a,panel,FMR1,,95,,,", "sensitivity: '95' is no share: write 0 to 1, or a percentage with %."),
        ("A,a,panel,FMR1,,,much,,", "price: 'much' is no number."),
        ("A,a,panel,FMR1,,,,soon,", "days: 'soon' is no number."),
        ("A,a,panel,FMR1,,,5,,USD", "its price is in USD, those before in CNY."),
        ("A,a,panel,FMR1", "it has 4 cells, the header 9: it is cut off, or lacks delimiters."),
        ("A,a,panel,FMR1,,,,,,more", "it has 10 cells, the header 9."),
        ('A,"a"b,panel,FMR1,,,,,', "text follows the closing quotation mark of a cell."),
        ("A,a\ufffd,panel,FMR1,,,,,", "it holds a character that cannot be read in the file's encoding."),
    ],
)
def test_each_fault_is_told_with_its_row_and_the_others_are_read(read, row, said):
    reading = read(f"{HEADER}GOOD,g,panel,HTT,,,1,,CNY\n{row}\nLAST,l,wes,,,,,,\n")
    assert reading.faults == (RowNote(3, said),)
    assert reading.fault_count == 1
    assert [test.code for test in reading.tests] == ["GOOD", "LAST"]


def test_several_faults_of_a_row_are_one_faulty_row(read):
    reading = read(f"{HEADER}GOOD,g,panel,HTT,,,,,\nA,,tea leaves,,,2,x,y,\n")
    assert reading.fault_count == 1
    assert all(word in reading.faults[0].what for word in ("name", "tea leaves", "sensitivity", "price", "days"))


def test_a_broken_byte_is_a_fault_of_its_row(read):
    good = "G{0},乳腺癌基因检测项目,panel,HTT\n"
    content = ("code,name,modality,genes\n" + "".join(good.format(i) for i in range(30))).encode()
    reading = read(content + b"BAD,\xe4\xb9,panel,HTT\n")
    assert reading.faults == (RowNote(32, "it holds a character that cannot be read in the file's encoding."),)
    assert len(reading.tests) == 30


def test_unresolved_genes_stay_with_their_test_and_row(read):
    reading = read(HEADER + "A,a,panel,FMR1;NOPE;2-Sep,,,,,\nB,b,mlpa,,,,,,\n")
    assert reading.tests[0].unresolved == ("NOPE", "2-Sep")
    told = [(lost.number, lost.code, lost.written) for lost in reading.lost]
    assert told == [(2, "A", "NOPE"), (2, "A", "2-Sep"), (3, "B", "")]
    assert reading.lost[2].why == "neither genes nor a target: its name alone tells what it looks for"


def test_a_test_of_no_patients_lesion_is_passed_over_and_told(read):
    reading = read(HEADER + "A,a,panel,FMR1,,,,,\nB,b,NIPT,,,,,,\n")
    assert reading.passed_over == (RowNote(3, "B: 'NIPT' tells of a pregnancy, not a patient."),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("code,name,genes\nA,a,FMR1\n", "Columns are missing: modality."),
        ("code,name,modality\nA,a,wes\n", "Columns are missing: genes or target."),
        ("code,name,modality,genes,genes\nA,a,wes,,\n", "columns of the same name: genes"),
        ("", "is empty"),
        ("code,name,modality,genes\n", "holds no test that can be used"),
        ('code,name,modality,genes\nA,"a,wes,\nB,b,wes,\n', "begins with a quotation mark that nothing closes"),
        (b"PK\x03\x04 a workbook", "is a workbook or an archive"),
        (b"\xff\xfe\x00\x00c\x00\x00\x00", "UTF-32"),
        (b"code,\x00\x01\x00name\x00", "binary zeros"),
        ("code,name,modality,genes\nA,Ménière’s é,wes,\n".encode("cp1252"), "in an encoding that is not read here"),
        (gzip.compress(ENGLISH.encode())[:-9], "cannot be unpacked"),
        ('[{"code": "A", "name": "a", "modality": "wes", "genes": ""}, {"code": "B", "na', "ends in the middle"),
        ('{"tests": [{"code": "A"', "ends in the middle"),
        ("[]", "holds no items"),
        ('{"tests": 1}', "Columns are missing: code"),
        ("x" * 1_000_001, "Columns are missing"),
        ("code,name,modality,genes\nA,a,wes," + "x" * 1_000_001, "has more than 1,000,000 characters"),
    ],
)
def test_what_is_no_catalogue_is_refused_whole(read, content, said):
    with pytest.raises(CatalogueRefused, match="Nothing was imported") as refused:
        read(content)
    assert said in str(refused.value)


def test_a_file_of_faults_is_given_up_early(read):
    with pytest.raises(CatalogueRefused, match="More than 10,000 rows") as refused:
        read("code,name,modality,genes\n" + "A,a,nonsense,\n" * 20_000)
    assert (len(refused.value.rows), refused.value.count) == (1_000, 10_001)


cells = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd\ufeff\u2028\u2029\x85"), max_size=30
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(cells, cells, st.sampled_from(("FMR1", "HTT;SMN1", "brca1，NOPE"))), min_size=1, max_size=6
    ),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
)
def test_what_is_written_is_read_again(read, rows, delimiter, encoding):
    """Any words in any encoding and delimiter come back, trimmed; GB18030 is told from others by Chinese neighbours."""
    written = [["编码", "名称", "方法", "基因", "样本"]]
    for number, (name, sample, genes) in enumerate(rows):
        written.append([f"码{number}", f"名称{name}名称", "基因包", genes, sample])
    quoted = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in written)
    reading = read("\n".join(quoted).encode(encoding))
    assert reading.fault_count == 0
    read_again = [(test.code, test.name, test.sample) for test in reading.tests]
    assert read_again == [(row[0], row[1], row[4].strip()) for row in written[1:]]
