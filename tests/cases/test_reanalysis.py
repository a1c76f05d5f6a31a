"""Unsolved cases ranked again when the knowledge changes, and what the operator's commands print."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.hospital import hospital
from cli.companions import companions
from cli.main import main
from matching.assess import Assessor
from ontology.compile.build import build
from ontology.knowledge import Knowledge
from service.audit.trail import export, verify
from service.cases.reanalyse import NewAnnotation, new_annotations

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"
#: The signs of Long-limb syndrome, now published of every patient of Fit syndrome 1 as well, beside its seizures.
PUBLISHED = "\n".join(
    f"OMIM:900002\tFit syndrome 1\t\t{term}\tPMID:9999999\tPCS\t\t20/20\t\t\tP\tHPO:test[2001-01-01]"
    for term in ("HP:0001166", "HP:0001083", "HP:0002616")
)
FINDINGS = [{"id": id} for id in ("HP:0001166", "HP:0001083", "HP:0001250", "HP:0001263")]


@pytest.fixture(scope="module")
def root(tmp_path_factory, small_root):
    """A knowledge root with the small release in use."""
    root = tmp_path_factory.mktemp("releases") / "knowledge"
    shutil.copytree(small_root, root)
    return root


@pytest.fixture(scope="module")
def later_root(tmp_path_factory, root):
    """The root with a newer release in use, beside the older one; built once, not to be changed."""
    folder = tmp_path_factory.mktemp("later")
    source, later = folder / "source", folder / "knowledge"
    shutil.copytree(SMALL_RELEASE, source)
    shutil.copytree(root, later)
    rows = source / "phenotype.hpoa"
    rows.write_text(rows.read_text() + PUBLISHED + "\n")
    build(later, companions(), lambda words: None, source=source)
    return later


@pytest.fixture
def kept(tmp_path, root, monkeypatch):
    """A hospital over the older release with two unsolved cases and a solved one: (hospital, ids, settings file)."""
    settings = tmp_path / "phenomap.toml"
    settings.write_text(
        f'database = "sqlite:///{tmp_path}/kept.db"\nblobs = "{tmp_path}/blobs"\nkeys = "file:{tmp_path}/keys"\n'
    )
    monkeypatch.setenv("PHENOMAP_SETTINGS", str(settings))
    monkeypatch.delenv("PHENOMAP_DATABASE", raising=False)
    with hospital(tmp_path, Assessor.open(Knowledge.open(root))) as there:
        clinician = there.client("clinician north")
        ids = []
        for findings in (FINDINGS, [{"id": "HP:0000316"}, {"id": "HP:0001631"}], FINDINGS):
            patient = {"name": "Wei Zhang"}
            made = clinician.post("/api/v1/cases", json={"features": findings, "patient": patient}).json()
            report = clinician.post(f"/api/v1/cases/{made['id']}/assess").json()
            ids.append((made["id"], report))
        signed = {"report": ids[2][1]["id"], "decision": "agree", "reason": "Seen."}
        clinician.post(f"/api/v1/cases/{ids[2][0]}/sign-off", json=signed)
        yield there, ids


@pytest.fixture
def newer(later_root, tmp_path):
    """A root of one's own with a newer release in use, beside the older one."""
    return Path(shutil.copytree(later_root, tmp_path / "later"))


def test_new_annotations_are_those_the_older_release_lacks(root, newer):
    before, after = Knowledge.open(root), Knowledge.open(newer)
    found = new_annotations(before, after, "OMIM:900002")
    assert {row.term for row in found} == {"HP:0001166", "HP:0001083", "HP:0002616"}
    assert NewAnnotation("HP:0001166", "Arachnodactyly", False, ("PMID:9999999",)) in found
    assert new_annotations(before, after, "OMIM:900004") == ()
    assert new_annotations(before, before, "OMIM:900002") == ()
    assert new_annotations(before, after, "OMIM:123456") == ()


def test_nothing_is_ranked_again_while_the_knowledge_is_the_same(kept, root, capsys):
    assert main(["case", "reanalyse", "--knowledge", str(root)]) == 0
    assert "0 cases ranked again" in capsys.readouterr().err
    assert main(["case", "reanalyse", "--all", "--knowledge", str(root)]) == 0
    assert "2 cases ranked again: the leading diseases of 0 changed" in capsys.readouterr().err


def test_a_case_whose_leaders_changed_is_listed_with_what_is_new(kept, newer, capsys):
    there, ids = kept
    assert ids[0][1]["leading"][0] == "OMIM:900001"
    assert main(["case", "reanalyse", "--json", "--knowledge", str(newer)]) == 0
    told = {case["case"]: case for case in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(told) == {ids[0][0], ids[1][0]}, "the solved case is left alone"
    changed = told[ids[0][0]]
    assert changed["changed"]
    assert (changed["before"][0], changed["now"][0]) == ("OMIM:900001", "OMIM:900002")
    assert {row["term"] for row in changed["news"]} == {"HP:0001166", "HP:0001083", "HP:0002616"}
    assert changed["report"] == ids[0][1]["id"]
    links = there.keeping.database.read(lambda c: [link for link in export(c) if link["action"] == "reanalyse"])
    assert {(link["actor"], link["object_id"]) for link in links} == {("operator", id) for id in told}
    assert there.keeping.database.read(verify).sound


def test_the_words_name_the_paper_that_is_new(kept, newer, capsys):
    _, ids = kept
    assert main(["case", "reanalyse", "--knowledge", str(newer)]) == 0
    words = capsys.readouterr()
    assert ids[0][0] in words.out
    assert "new of OMIM:900002: Arachnodactyly (HP:0001166; PMID:9999999)" in words.out
    assert "2 cases ranked again" in words.err


def test_where_the_older_release_is_gone_that_is_said(kept, newer, capsys):
    _, ids = kept
    shutil.rmtree(newer / ids[0][1]["knowledge"])
    assert main(["case", "reanalyse", "--knowledge", str(newer)]) == 0
    assert "is no longer kept" in capsys.readouterr().out


def test_clinicians_see_that_a_report_is_of_older_knowledge(kept, newer):
    there, ids = kept
    from service.app import create_app
    from service.settings import Settings

    clinician = there.client("clinician north")
    shown = clinician.get(f"/api/v1/cases/{ids[0][0]}").json()["reports"][0]
    assert not shown["knowledge_stale"]
    later = Assessor.open(Knowledge.open(newer))
    app = create_app(
        later, keeping=there.keeping, settings=Settings(), actor_of=lambda request: there.actors["clinician north"]
    )
    from fastapi.testclient import TestClient

    shown = TestClient(app, base_url="http://127.0.0.1").get(f"/api/v1/cases/{ids[0][0]}").json()["reports"][0]
    assert (shown["knowledge_stale"], shown["stale"]) == (True, False)
    assert shown["knowledge_in_use"] == later.knowledge.manifest.release != shown["knowledge"]


def test_a_case_that_cannot_be_ranked_is_told_and_the_others_are_ranked(kept, newer, capsys):
    there, ids = kept
    from service.cases.operating import operator
    from service.cases.reanalyse import reanalyse
    from service.cases.rules import CaseRules

    clinician = there.client("clinician north")
    path = f"/api/v1/cases/{ids[0][0]}/consents"
    consent = clinician.post(path, json={"purpose": "assessment", "given_by": "guardian"}).json()["added"][0]
    clinician.delete(f"{path}/{consent}")
    desk = operator(there.keeping, CaseRules())
    found = list(reanalyse(desk, Assessor.open(Knowledge.open(newer)), lambda release: None))
    assert {case.case: bool(case.fault) for case in found} == {ids[0][0]: True, ids[1][0]: False}
    assert not next(case for case in found if case.case == ids[0][0]).changed
    assert main(["case", "reanalyse", "--knowledge", str(newer)]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_the_operator_lists_shows_and_erases_without_reading_a_patient(kept, capsys):
    there, ids = kept
    assert main(["case", "list"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {case["id"] for case in listed} == {id for id, _ in ids}
    assert main(["case", "list", "--status", "signed"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [ids[2][0]]
    assert main(["case", "show", ids[2][0]]) == 0
    words = capsys.readouterr().out
    assert "Zhang" not in words
    shown = json.loads(words)
    assert (shown["features"], shown["sign_offs"][0]["decision"]) == (4, "agree")
    assert main(["case", "erase", ids[2][0], "--reason", "mistake"]) == 0
    assert there.client("clinician north").get(f"/api/v1/cases/{ids[2][0]}").status_code == 410
    capsys.readouterr()
    for wrong in (["show", "0" * 32], ["erase", "0" * 32], ["erase"], ["erase", ids[0][0], "--expired"]):
        assert main(["case", *wrong]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_cases_whose_time_is_over_are_erased(kept, capsys):
    there, ids = kept
    from datetime import timedelta

    from service.store.tables import case, now

    past = case.update().where(case.c.id == ids[0][0]).values(retain_until=now() - timedelta(days=1))
    there.keeping.database.write(lambda c: c.execute(past))
    assert main(["case", "erase", "--expired"]) == 0
    assert capsys.readouterr().out.startswith("1 cases were erased")
    clinician = there.client("clinician north")
    assert [clinician.get(f"/api/v1/cases/{id}").status_code for id, _ in ids] == [410, 200, 200]


def test_a_command_makes_no_database(tmp_path, capsys):
    missing = f"sqlite:///{tmp_path}/none.db"
    assert main(["case", "list", "--database", missing]) == 1
    assert not (tmp_path / "none.db").exists()
