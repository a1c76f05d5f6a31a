"""`phenomap knowledge show --verify` compares what opening leaves for later."""

from pathlib import Path

import pytest

from cli.main import main
from ontology.compile.build import build
from ontology.knowledge import current_release

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr("ontology.manifest.LARGE_BYTES", 100)  # so that most files of this release are large
    build(tmp_path / "knowledge", (), lambda message: None, source=SMALL_RELEASE)
    return tmp_path / "knowledge"


def test_sound_files_are_shown(root, capsys):
    assert main(["knowledge", "show", "--verify", "--knowledge", str(root)]) == 0
    assert "terms" in capsys.readouterr().out


def test_a_large_file_with_a_changed_byte_is_named(root, capsys):
    path = current_release(root) / "annotations" / "terms.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert main(["knowledge", "show", "--knowledge", str(root)]) == 0
    assert main(["knowledge", "show", "--verify", "--knowledge", str(root)]) == 1
    assert "terms.npy does not match its checksum" in capsys.readouterr().err
