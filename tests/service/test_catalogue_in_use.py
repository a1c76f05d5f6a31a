"""A catalogue that is imported while the service runs is used from the next request on, and a damaged one never."""

from __future__ import annotations

import logging
import shutil
import threading

import pytest
from fastapi.testclient import TestClient

from cli.main import main
from matching.assess import Assessor
from matching.genetic_tests.catalogues import shelf
from ontology.knowledge import Knowledge
from service import knowing
from service.app import create_app
from service.knowing import Knowing

SUGGEST = "/api/v1/suggest"
FINDINGS = [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}]
LAB = "code,name,modality,genes\nFX1,Fragile X,repeat_pcr,FMR1\n"
OTHER = "code,name,modality,genes\nFX2,Fragile X,repeat_pcr,FMR1\n"


@pytest.fixture
def root(small_root, tmp_path):
    shutil.copytree(small_root, tmp_path / "knowledge")
    return tmp_path / "knowledge"


@pytest.fixture
def assessor(root):
    return Assessor.open(Knowledge.open(root))


@pytest.fixture
def bring(root, tmp_path):
    """Import text as the catalogue `lab`."""

    def run(content):
        (tmp_path / "lab.csv").write_text(content)
        assert main(["tests", "import", str(tmp_path / "lab.csv"), "--name", "lab", "--knowledge", str(root)]) == 0

    return run


def test_an_import_is_used_by_a_service_that_runs_already(assessor, bring, root):
    client = TestClient(create_app(assessor), base_url="http://127.0.0.1")

    def catalogue():
        return client.post(SUGGEST, json={"features": FINDINGS}).json().get("catalogue", "")

    def takes(code):
        given = {"features": FINDINGS, "tests_done": [{"code": code}]}
        return client.post(SUGGEST, json=given).status_code == 200

    assert (catalogue(), takes("FX1")) == ("", False)
    bring(LAB)
    first = catalogue()
    assert first.startswith("lab ")
    assert (takes("FX1"), takes("FX2")) == (True, False)
    bring(OTHER)
    assert catalogue() != first
    assert (takes("FX1"), takes("FX2")) == (False, True)
    assert main(["tests", "use", "lab", "--none", "--knowledge", str(root)]) == 0
    assert (catalogue(), takes("FX2")) == ("", False)


def test_nothing_is_opened_while_nothing_changes(assessor, bring, monkeypatch):
    bring(LAB)
    opened = []

    def counting(root):
        opened.append(root)
        return open_catalogue(root)

    open_catalogue = knowing.open_catalogue
    monkeypatch.setattr(knowing, "open_catalogue", counting)
    known = Knowing.open(assessor)
    held = known.offers
    assert all(known.offers is held for _ in range(20))
    bring(OTHER)
    waiting = [threading.Thread(target=lambda: known.offers) for _ in range(8)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    assert len(opened) == 2  # at start, and once for all who asked after the import
    assert set(known.codes) == {"FX2"}


def test_a_damaged_catalogue_leaves_the_one_before_and_is_logged_once(assessor, bring, root, caplog):
    bring(LAB)
    known = Knowing.open(assessor)
    held = known.offers
    bring(OTHER)
    (folder,) = shelf.folders_in_use(root)
    for file in folder.iterdir():
        file.write_bytes(b"")
    with caplog.at_level(logging.ERROR, "phenomap.service"):
        assert known.offers is held
        assert known.offers is held
    (said,) = caplog.records
    assert said.message.startswith("the catalogue that was put in use is not used")
    bring(LAB)
    assert set(known.codes) == {"FX1"}
    assert known.offers is not held


def test_gene_names_brought_later_are_known(assessor, root, tmp_path):
    known = Knowing.open(assessor)
    before = known._names
    (tmp_path / "hgnc.txt").write_text("hgnc_id\tsymbol\talias_symbol\tprev_symbol\tentrez_id\nHGNC:1\tNOPE\tNO\t\t\n")
    assert main(["tests", "import", "--gene-names", str(tmp_path / "hgnc.txt"), "--knowledge", str(root)]) == 0
    assert before.resolve("NO") != "NOPE"
    assert known._names.resolve("NO") == "NOPE"
