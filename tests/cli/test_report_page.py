"""The report as text: what it says beside each disease, sums that add up, both languages."""

from __future__ import annotations

import re

import pytest

from cli.main import main


@pytest.fixture
def page(small_root, tmp_path, capsys):
    (tmp_path / "note.txt").write_text("Long slender fingers and dislocated lens, myopia. No aortic root aneurysm.")

    def printed(*arguments):
        code = main(["assess", str(tmp_path / "note.txt"), "--knowledge", str(small_root), *arguments])
        assert code == 0
        return capsys.readouterr().out

    return printed


def test_the_lines_of_a_disease_add_up_to_its_sum(page):
    features = ["HP:0001250", "HP:0001252", "HP:0000256", "HP:0001249", "HP:0000316", "HP:0001629"]
    out = page(*(word for id in features for word in ("--feature", id)))
    diseases = re.split(r"\n  +[0-9.–]+  (?=\S)", out.split("\n\n")[1])[1:]
    assert len(diseases) > 5
    for disease in diseases:
        total = re.search(r"Sum of contributions: ([+-][0-9.]+) nats", disease)[1]
        parts = re.findall(r"^ {8}([+-][0-9]+\.[0-9]{2})  ", disease, re.MULTILINE)
        assert sum(round(100 * float(part)) for part in parts) == round(100 * float(total))
    assert "further findings" in out


def test_what_is_missing_what_contradicts_what_to_ask_and_the_genes_are_printed(page):
    out = page("--limit", "1")
    # phenotype.hpoa: Aortic root aneurysm in 8/10, PMID:9000012; Scoliosis frequent, PMID:9000012
    assert "Against it: Aortic root aneurysm: Absent in the patient" in out
    assert "8 of 10 patients (80 %). [PMID:9000012]" in out
    assert "To look for" in out
    assert "Scoliosis: frequent (30–79 % of patients) [PMID:9000012]" in out
    assert re.search(r"Is there [A-Z].*\? HP:[0-9]{7}, [0-9.]+ bits expected", out)
    assert "LIMB1" in out
    assert "OMIM:900001: Autosomal dominant inheritance; MENDELIAN, genes_to_disease.txt of" in out


def test_a_tie_is_told_as_a_span_of_ranks(page):
    out = page("--feature", "HP:0001629", "--feature", "HP:0000256")
    level = [line for line in out.splitlines() if "Level syndrome" in line and "OMIM:" in line and "tied" in line]
    assert len(level) == 2
    assert len({line.split()[0] for line in level}) == 1
    assert "–" in level[0].split()[0]


def test_sentences_and_names_in_chinese_with_the_english_beside_them(page):
    out = page("--language", "zh")
    assert "下一步问什么" in out
    assert "Long-limb syndrome" in out  # it has no Chinese name
    assert re.search(r"HP:0001166  [^ ]*指[^ ]* \(Arachnodactyly\)  “Long slender fingers”", out)
    assert "常染色体显性" in out
    assert out.count("未经临床医生核对") == 1
    assert "虚拟基因包" in out or "基因测序" in out


def test_what_only_related_diseases_show_is_printed_as_theirs(page):
    out = page("--feature", "HP:0000252", "--limit", "11")  # Microcephaly, that is: a feature of Fit syndrome 2
    disease = re.search(r"Fit syndrome 1  OMIM:900002.*?(?=\n  +[0-9.–]+  )", out, re.DOTALL)[0]
    assert "Microcephaly: Not stated of this disease itself; seen in related diseases: Fit syndrome 2." in disease
