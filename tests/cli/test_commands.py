"""The commands as a user types them, on the hand-made release."""

import json
import subprocess
import sys

import pytest

from cli.main import main


@pytest.fixture
def run(small_root, capsys):
    def run(*arguments, knowledge=True):
        try:
            code = main([*arguments, *(["--knowledge", str(small_root)] if knowledge else [])])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return run


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path, *values):
    path.write_text("".join(v if isinstance(v, str) else json.dumps(v) + "\n" for v in values), encoding="utf-8")
    return str(path)


def test_help_answers_at_once(cpu_seconds):
    command = [sys.executable, "-m", "cli.main", "--help"]
    assert cpu_seconds(lambda: subprocess.run(command, check=True, capture_output=True)) < 0.5


def test_a_wrong_command_line_is_one_line_and_exit_2(run):
    code, out, err = run("rank", knowledge=False)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "--help" in err


def test_extract_gives_the_words_and_their_place(run, tmp_path):
    text = "She has seizures and a large head. No scoliosis."
    source = write_lines(tmp_path / "in.jsonl", {"id": "n1", "text": text, "language": "en"})
    code, _, err = run("extract", source, str(tmp_path / "out.jsonl"))
    assert (code, err) == (0, "")
    (answer,) = lines_of(tmp_path / "out.jsonl")
    assert (answer["id"], answer["language"]) == ("n1", "en")
    assert [(f["id"], f["assertion"], text[f["start"] : f["end"]]) for f in answer["features"]] == [
        ("HP:0001250", "observed", "seizures"),
        ("HP:0000256", "observed", "large head"),
        ("HP:0002650", "excluded", "scoliosis"),
    ]


def test_rank_shows_ties_as_ties(run, tmp_path):
    # Level syndrome 1 and 2 have the same annotations: both at rank 1.5
    features = [{"id": "HP:0001629"}, {"id": "HP:0000256", "excluded": False}]
    source = write_lines(tmp_path / "in.jsonl", {"id": 7, "features": features, "sex": "FEMALE", "age": "P3Y"})
    code, _, err = run("rank", source, str(tmp_path / "out.jsonl"))
    assert (code, err) == (0, "")
    (answer,) = lines_of(tmp_path / "out.jsonl")
    assert answer["id"] == "7"
    assert [(d["id"], d["rank"]) for d in answer["diseases"][:2]] == [("OMIM:900005", 1.5), ("OMIM:900006", 1.5)]
    assert {"id", "also", "name", "score", "rank"} <= set(answer["diseases"][0])


def test_rank_explained_adds_up(run, tmp_path):
    features = [{"id": "HP:0001166"}, {"id": "HP:0001083"}, {"id": "HP:0001250", "excluded": True}]
    source = write_lines(tmp_path / "in.jsonl", {"id": "c", "features": features})
    run("rank", source, str(tmp_path / "out.jsonl"), "--explain", "--limit", "3")
    diseases = lines_of(tmp_path / "out.jsonl")[0]["diseases"]
    assert len(diseases) == 3
    assert diseases[0]["id"] == "OMIM:900001"
    assert diseases[0]["also"] == ["ORPHA:900101"]
    for disease in diseases:
        assert sum(part["nats"] for part in disease["contributions"]) == pytest.approx(disease["score"], abs=1e-4)


def test_suggest_names_tests_with_what_they_cannot_see(run, tmp_path):
    features = [{"id": id} for id in ("HP:0001249", "HP:0000256", "HP:0001263")]
    source = write_lines(tmp_path / "in.jsonl", {"id": "c", "features": features})
    code, _, _ = run("suggest", source, str(tmp_path / "out.jsonl"))
    assert code == 0
    tests = lines_of(tmp_path / "out.jsonl")[0]["tests"]
    assert tests[0]["modality"] == "repeat_pcr"
    assert tests[0]["genes"] == ["FMR1"]
    assert tests[0]["cannot_see"]


def test_a_faulty_line_keeps_its_place_and_the_others_are_answered(run, tmp_path):
    good = {"id": "good", "features": [{"id": "HP:0001250"}]}
    source = write_lines(
        tmp_path / "in.jsonl",
        good,
        "{broken\n",
        {"id": "unknown", "features": [{"id": "HP:7777777"}]},
        {"id": "both", "features": [{"id": "HP:0001250"}, {"id": "HP:9000003", "excluded": True}]},
        {"id": "inheritance", "features": [{"id": "HP:0000006"}]},
        {"features": []},
        good,
    )
    code, _, err = run("rank", source, str(tmp_path / "out.jsonl"))
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "5 of 7 lines" in err
    answers = lines_of(tmp_path / "out.jsonl")
    assert [a["id"] for a in answers] == ["good", None, "unknown", "both", "inheritance", None, "good"]
    assert [a["line"] for a in answers if "error" in a] == [2, 3, 4, 5, 6]
    assert answers[0]["diseases"] == answers[-1]["diseases"] != []
    for answer in answers[1:-1]:
        assert answer["diseases"] == []
        assert all(fault["what"] and fault["mend"] for fault in answer["error"])


def test_a_chinese_note_is_read_and_named_in_the_language_asked_for(run, tmp_path):
    text = "患儿，男，3岁，有癫痫，無脊柱側彎。"
    source = write_lines(tmp_path / "in.jsonl", {"id": "zh", "text": text})
    for language in ("en", "zh"):
        code, _, err = run("extract", source, str(tmp_path / "out.jsonl"), "--language", language)
        assert (code, err) == (0, "")
        (answer,) = lines_of(tmp_path / "out.jsonl")
        assert answer["language"] == "zh"
        said = [(f["id"], f["assertion"], text[f["start"] : f["end"]]) for f in answer["features"]]
        assert said == [("HP:0001250", "observed", "癫痫"), ("HP:0002650", "excluded", "脊柱側彎")]
        scoliosis = answer["features"][1]
        assert scoliosis.get("label_en", scoliosis["label"]) == "Scoliosis"
        assert ("label_en" in scoliosis) is (language == "zh")


def test_a_note_in_a_script_that_is_not_read_is_a_fault_that_says_why(run, tmp_path):
    source = write_lines(tmp_path / "in.jsonl", {"id": "ru", "text": "У ребёнка судороги."})
    code, _, _ = run("extract", source, str(tmp_path / "out.jsonl"))
    assert code == 1
    (answer,) = lines_of(tmp_path / "out.jsonl")
    assert answer["features"] == []
    assert "language" in answer["error"][0]["what"]


def test_a_note_in_gb18030_is_read_and_a_file_of_them_told_to_be_converted(run, tmp_path):
    text = "患儿反复抽搐。"
    (tmp_path / "note.txt").write_bytes(text.encode("gb18030"))
    code, _, err = run("assess", str(tmp_path / "note.txt"))
    assert code == 0
    assert "the note was read as text" in err
    assert "GB18030" in err
    (tmp_path / "in.jsonl").write_bytes(json.dumps({"id": "n", "text": text}, ensure_ascii=False).encode("gb18030"))
    code, _, _ = run("extract", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"))
    assert code == 1
    (answer,) = lines_of(tmp_path / "out.jsonl")
    assert "UTF-8" in " ".join(answer["error"][0].values())


def test_fields_that_are_not_ours_are_named_once(run, tmp_path):
    line = {"id": "n", "text": "Seizures.", "annotations": [], "lang": "en", "sex": None, "age": "HP:0003593"}
    source = write_lines(tmp_path / "in.jsonl", line, line)
    code, _, err = run("extract", source, str(tmp_path / "out.jsonl"))
    assert code == 0
    assert err.count("annotations") == 1
    assert "age (not an ISO 8601 duration)" in err
    assert "HP:0003593" not in err


def test_an_interrupted_run_leaves_no_output(run, tmp_path, monkeypatch):
    source = write_lines(tmp_path / "in.jsonl", {"id": "n", "text": "Seizures."})
    (tmp_path / "out.jsonl").write_text("from before\n")

    def interrupt(self, line):
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.lines.Desk.extract", interrupt)
    code, _, err = run("extract", source, str(tmp_path / "out.jsonl"))
    assert code == 130
    assert "interrupted" in err
    assert (tmp_path / "out.jsonl").read_text() == "from before\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_a_fault(run, tmp_path, content):
    code, _, err = run("rank", write_lines(tmp_path / "in.jsonl", content), str(tmp_path / "out.jsonl"))
    assert code == 1
    assert "holds no line" in err
    assert not (tmp_path / "out.jsonl").exists()


def test_an_absent_file_is_named(run, tmp_path):
    code, _, err = run("rank", str(tmp_path / "absent.jsonl"), "-")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "absent.jsonl" in err


def test_assess_prints_findings_diseases_and_tests(run, tmp_path):
    (tmp_path / "note.txt").write_text("Long slender fingers and dislocated lens. No seizures.")
    code, out, err = run(
        "assess", str(tmp_path / "note.txt"), "--feature", "HP:0002616", "--sex", "male", "--age", "P9Y"
    )
    assert (code, err) == (0, "")
    assert "“Long slender fingers”" in out
    assert "Long-limb syndrome  OMIM:900001, ORPHA:900101" in out
    assert "PMID:9000011" in out
    assert "not a medical device" in out


def test_assess_as_json_is_the_draft_report(run, tmp_path):
    (tmp_path / "note.txt").write_text("Long slender fingers. No seizures.")
    code, out, _ = run("assess", str(tmp_path / "note.txt"), "--json")
    report = json.loads(out)
    assert code == 0
    assert report["status"] == "draft"
    assert {f["id"]: f["excluded"] for f in report["features"]} == {"HP:0001166": False, "HP:0001250": True}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--feature", "HP:1"], "features[0].id"),
        (["--feature", "HP:7777777"], "HP:7777777"),
        (["--feature", "HP:9000002"], "HP:0001252"),
        (["--feature", "HP:0000006"], "not a phenotypic abnormality"),
        (["--feature", "HP:0001250", "--exclude", "HP:0001250"], "both as observed and as excluded"),
        (["--age", "nine"], "age"),
    ],
)
def test_assess_names_the_fault_and_the_mend_in_one_line(run, tmp_path, arguments, named):
    (tmp_path / "note.txt").write_text("Seizures.")
    code, out, err = run("assess", str(tmp_path / "note.txt"), *arguments)
    assert code == 1
    assert out == ""
    assert len(err.splitlines()) == 1
    assert named in err


def test_assess_says_when_the_photo_was_not_read(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PHENOMAP_MODELS", str(tmp_path))
    (tmp_path / "note.txt").write_text("Seizures.")
    (tmp_path / "face.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    code, out, err = run("assess", str(tmp_path / "note.txt"), "--photo", str(tmp_path / "face.png"))
    assert code == 1
    assert "Seizure" in out
    assert "no face model" in err


def test_assess_of_bytes_that_are_no_text(run, tmp_path):
    (tmp_path / "note.txt").write_bytes(bytes(range(256)) * 8)
    code, _, err = run("assess", str(tmp_path / "note.txt"))
    assert code == 1
    assert "of no kind that is read here" in err


def test_face_declines_and_says_so(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PHENOMAP_MODELS", str(tmp_path))
    (tmp_path / "face.jpg").write_bytes(b"\xff\xd8\xff" + b"0" * 64)
    code, out, _ = run("face", str(tmp_path / "face.jpg"), "--json")
    assert code == 1
    assert json.loads(out)["abstention"]["mend"]


def test_knowledge_show_names_sources(run):
    code, out, _ = run("knowledge", "show")
    assert code == 0
    assert "hp.obo 2000-01-01" in out
    assert "diseases" in out


def test_without_knowledge_every_command_says_what_to_do(capsys, tmp_path):
    code = main(["knowledge", "show", "--knowledge", str(tmp_path / "none")])
    assert code == 1
    assert "phenomap knowledge build" in capsys.readouterr().err


def test_serving_to_other_machines_is_refused(run):
    code, _, err = run("serve", "--host", "0.0.0.0")
    assert code == 1
    assert "loopback" in err
