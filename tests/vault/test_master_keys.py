"""Where master keys come from, and how they are refused."""

from __future__ import annotations

import base64
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ontology.errors import InputError, PhenomapError
from service.vault.faults import KeyMissing, KeyUnusable
from service.vault.master import CommandKeys, EnvironmentKeys, FileKeys, MasterKey, key_source

ONE, TWO = base64.b64encode(b"1" * 32).decode(), base64.b64encode(b"2" * 32).decode()


def test_the_id_of_a_key_is_the_start_of_its_sha256():
    # printf '11111111111111111111111111111111' | sha256sum
    assert MasterKey(b"1" * 32).id == "8a83665f3798727f"


def test_no_key_shows_itself():
    key = MasterKey(b"1" * 32)
    assert "1111" not in repr(key)
    assert ONE not in repr(key)


def test_a_key_file_is_made_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "key"
    assert FileKeys(path).create()
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    assert not FileKeys(path).create()
    assert path.read_text() == before


def test_workers_that_start_at_once_make_one_key(tmp_path: Path):
    def start(_: int) -> str:
        source = FileKeys(tmp_path / "key")
        source.create()
        return source.load().current.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(32)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int):
    source = FileKeys(tmp_path / "key")
    source.create()
    source.path.chmod(mode)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        source.load()


def test_a_missing_key_file_is_not_made_in_passing(tmp_path: Path):
    with pytest.raises(KeyMissing):
        FileKeys(tmp_path / "key").load()
    assert list(tmp_path.iterdir()) == []


def test_the_first_key_of_several_is_current(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SITE_KEYS", f"{TWO}, {ONE}")
    keys = EnvironmentKeys("SITE_KEYS").load()
    assert keys.current == MasterKey(b"2" * 32)
    assert len(keys.all) == 2


def test_a_command_gives_keys_and_is_not_asked_again_without_need(tmp_path: Path):
    calls = tmp_path / "calls"
    script = tmp_path / "kms.py"
    script.write_text(f"open({str(calls)!r}, 'a').write('x'); print({ONE!r})")
    source = CommandKeys([sys.executable, str(script)])
    assert source.load().current == source.load().current == MasterKey(b"1" * 32)
    assert calls.read_text() == "x"
    source.load(again=True)
    assert calls.read_text() == "xx"


def _says(tmp_path: Path, code: str) -> list[str]:
    script = tmp_path / "kms.py"
    script.write_text(code)
    return [sys.executable, str(script)]


@pytest.mark.parametrize(
    "code",
    [
        f"print({ONE!r}); raise SystemExit(3)",
        f"print('key ' + {ONE!r})",
        f"print({ONE!r}[:-8])",
        f"import sys; sys.stderr.write({ONE!r})",
    ],
)
def test_a_command_that_goes_wrong_tells_nothing_of_what_it_printed(tmp_path: Path, code: str):
    with pytest.raises(PhenomapError) as told:
        CommandKeys(_says(tmp_path, code)).load()
    assert isinstance(told.value, KeyMissing | KeyUnusable)
    assert ONE[:8] not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize("setting", ["file:", "phenomap.key", "env:", "command: ", "vault:x", ""])
def test_a_setting_that_names_no_source_is_refused(setting: str):
    with pytest.raises(InputError):
        key_source(setting)


def test_settings_name_their_source():
    assert isinstance(key_source("file:a/b.key"), FileKeys)
    assert key_source("env:SITE_KEYS") == EnvironmentKeys("SITE_KEYS")
    assert isinstance(key_source("command:/usr/bin/kms get 'my key'"), CommandKeys)
