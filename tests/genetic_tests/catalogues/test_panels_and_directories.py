"""PanelApp-like tables become panels; directory-like ones take their genes from them."""

import json

import pytest

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues.assays import _rules, assay_of
from matching.genetic_tests.catalogues.columns import Format
from matching.genetic_tests.catalogues.faults import CatalogueRefused, RowNote
from matching.genetic_tests.catalogues.opening import generic_catalogue
from matching.genetic_tests.catalogues.panels import AMBER
from matching.genetic_tests.modalities import MODALITIES

PANELS = """id\tmode\tGene\tconfidence_level\tname
7\tAD\tBRCA1\t3\tBreast
7\tAR\tFMR1\t2\tBreast
7\tAR\tNOPE\t3\tBreast
7\tAR\tBRCA1\t3\tBreast
8\tAD\tHTT\t1\tBrain
9\tXL\tTTC26\tExpert Review Green\tCilia
9\tXL\tSMN1\tAmber\tCilia
"""


def test_green_genes_alone_make_a_panel(read):
    reading = read(PANELS)
    assert reading.format is Format.PANELAPP
    assert reading.tests == (
        CatalogueTest("7", "Breast", "gene_panel", ("BRCA1",), unresolved=("NOPE",)),
        CatalogueTest("9", "Cilia", "gene_panel", ("TTC26",)),
    )
    assert reading.passed_over == (RowNote(6, "panel 8, Brain: it has no gene of the level asked for."),)
    assert [(lost.number, lost.code, lost.written) for lost in reading.lost] == [(4, "7", "NOPE")]
    assert reading.unread == ("mode",)


def test_amber_genes_come_where_they_are_asked_for(read):
    assert [test.genes for test in read(PANELS, least=AMBER).tests] == [("BRCA1", "FMR1"), ("TTC26", "SMN1")]


def test_panelapp_json_with_inner_objects_and_ids(read, hgnc_names):
    gene = {
        "gene_data": {"gene_symbol": "UNHEARD", "hgnc_id": "HGNC:8619"},
        "entity_type": "gene",
        "confidence_level": "3",
        "panel": {"id": 7, "name": "Eyes", "version": "1.2"},
    }
    region = gene | {"entity_type": "region", "entity_name": "a region"}
    reading = read(json.dumps({"count": 2, "next": None, "results": [gene, region]}), names=hgnc_names)
    assert reading.tests == (CatalogueTest("7", "Eyes", "gene_panel", ("PAX5",)),)
    assert reading.passed_count == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("7\tAD\tHTT\tgood\tBreast", "'good' is no level of confidence: 0 to 4, green, amber, red."),
        ("7\tAD\t\t3\tBreast", "its gene is empty."),
        ("7\tAD\tHTT\t3\tLungs", "panel 7 is called 'Breast' above and 'Lungs' here."),
        ("\tAD\tHTT\t3\tBreast", "its panel has no id or no name."),
        ("7\tAD\tHTT", "it has 3 cells, the header 5: it is cut off, or lacks delimiters."),
    ],
)
def test_faults_of_panel_rows(read, row, said):
    reading = read(PANELS + row + "\n")
    assert reading.faults == (RowNote(9, said),)


DIRECTORY = """test_id\tclinical_indication\ttarget\tmethod\tpanelapp_ids
R1.1\tBreast cancer\tBreast (7)\tWES or Large Panel\t7
R1.2\tBreast cancer\tBreast (7)\tMLPA or equivalent\t7
R1.3\tBreast cancer\tBoth (7,9)\tWGS\t7;9
R2.1\tFragile X\tFMR1 STR\tSTR testing\t
R3.1\tAngelman\tAS/PWS critical region\tMethylation testing\t
R4.1\tAnything\tGenomewide\tMicroarray\t
R5.1\tAnything\tWhole genome\tWGS\t
R6.1\tTwo genes\tBRCA1; NOPE\tSmall panel\t
R7.1\tMyotonic dystrophy 2\tCNBP (ZNF9) STR\tSTR testing\t
R8.1\tMitochondrial\tMitochondrial genome\tOther\t
R9.1\tA pregnancy\tHTT\tNIPD\t
R9.2\tOpen\tSpecific target\tTargeted variant testing\t
R9.3\tUnheard\tOther\tOther\t
R9.4\tAbsent\tAbsent (99)\tSmall panel\t99
"""


@pytest.fixture
def panels(read):
    return [Catalogue("panels", "1", read(PANELS, file="panels.tsv").tests)]


def test_a_directory_takes_its_genes_from_panels_and_targets(read, panels):
    reading = read(DIRECTORY, panels=panels)
    assert reading.format is Format.DIRECTORY
    assert [(test.code, test.modality, test.genes, test.unresolved) for test in reading.tests] == [
        ("R1.1", "gene_panel", ("BRCA1",), ("NOPE",)),
        ("R1.2", "mlpa", ("BRCA1",), ("NOPE",)),
        ("R1.3", "gene_panel", ("BRCA1", "TTC26"), ("NOPE",)),  # a genome read for the genes of panels
        ("R2.1", "repeat_pcr", ("FMR1",), ()),
        ("R3.1", "methylation", (), ()),
        ("R4.1", "microarray", (), ()),
        ("R5.1", "exome", (), ()),
        ("R6.1", "gene_panel", ("BRCA1",), ("NOPE",)),
        ("R7.1", "repeat_pcr", ("CNBP",), ()),
        ("R8.1", "mitochondrial", (), ()),
    ]
    assert (reading.tests[4].name, reading.tests[4].target) == (
        "Angelman (Methylation testing)",
        "AS/PWS critical region",
    )
    assert reading.passed_over == (
        RowNote(12, "R9.1: 'NIPD' tells of a pregnancy, not a patient."),
        RowNote(13, "R9.2: its target is left open: 'Specific target'."),
        RowNote(14, "R9.3: 'Other' is no method known here."),
        RowNote(15, "R9.4: it is a panel, and no gene of it is known."),
    )
    assert [(lost.code, lost.written, lost.why) for lost in reading.lost] == [
        ("R6.1", "NOPE", "unknown"),
        ("R9.4", "99", "a panel that no catalogue holds"),
    ]


def test_a_directory_without_panels_is_refused(read):
    with pytest.raises(CatalogueRefused, match="--with NAME"):
        read(DIRECTORY)


def test_codes_twice_and_empty_methods_are_faults(read, panels):
    rows = "R1.1\tAgain\tFMR1\tSmall panel\t\nR10.1\tNothing\tFMR1\t\t\n"
    assert read(DIRECTORY + rows, panels=panels).faults == (
        RowNote(16, "its code 'R1.1' is that of row 2, too."),
        RowNote(17, "its indication or its method is empty."),
    )


def test_every_rule_for_methods_leads_to_a_modality_that_there_is():
    assert {assay.modality for _, assay in _rules()} <= {*MODALITIES, ""}
    assert {test.modality for test in generic_catalogue().tests} == set(MODALITIES)


@pytest.mark.parametrize("modality", MODALITIES)
def test_our_own_words_mean_themselves(modality):
    assert assay_of(modality.replace("_", " ").title()).modality == modality


@pytest.mark.parametrize(
    ("words", "modality"),
    [
        ("Trio WES", "exome"),
        ("全外显子组测序", "exome"),
        ("低深度全基因组测序（CNV-seq）", "microarray"),
        ("染色体微阵列芯片", "microarray"),
        ("染色体核型分析", "karyotype"),
        ("QF-PCR", "karyotype"),
        ("甲基化特异性MLPA", "methylation"),
        ("MLPA", "mlpa"),
        ("Southern印迹杂交", "southern"),
        ("毛细管电泳检测动态突变", "repeat_pcr"),
        ("线粒体全基因组测序", "mitochondrial"),
        ("酶活性测定", "enzyme"),
        ("串联质谱", "functional"),
        ("Sanger sequencing", "gene_panel"),
        ("WES or Medium Panel", "gene_panel"),
        ("无创产前检测", ""),
    ],
)
def test_methods_in_laboratories_words(words, modality):
    assert assay_of(words).modality == modality
