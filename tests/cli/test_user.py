"""`phenomap user`: links instead of passwords, and one first administrator."""

from __future__ import annotations

import json

import pytest

from cli.main import main
from service.identity import one_time
from service.identity.one_time import Purpose
from service.identity.passwords import Passwords
from service.settings import PasswordCost, Settings
from service.store.database import open_database


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PHENOMAP_DATABASE", f"sqlite:///{tmp_path / 'phenomap.db'}")

    def ran(*words):
        code = main(["user", *words])
        return code, capsys.readouterr()

    return ran


def test_the_first_administrator_comes_in_by_a_link_and_is_the_only_first(run, tmp_path):
    code, said = run("first-administrator", "root")
    assert code == 0
    secret = said.out.strip().partition("#choose=")[2]
    assert run("first-administrator", "root")[0] == 0  # not used yet: a new link, and the first holds no longer
    database = open_database(f"sqlite:///{tmp_path / 'phenomap.db'}")
    assert database.read(lambda c: one_time.account_of(c, secret, Purpose.FIRST_ADMINISTRATOR)) is None
    from service.identity.accounts import find_account, set_password

    encoded = Passwords(PasswordCost(passes=1, memory_kib=1024, lanes=1)).encode("two brown foxes jump")
    database.write(lambda c: set_password(c, find_account(c, "root").id, encoded, by="operator"))
    database.close()
    code, said = run("first-administrator", "mallory")
    assert (code, said.out) == (1, "")
    assert "an administrator already" in said.err
    assert run("reset", "root")[0] == 0


def test_accounts_roles_and_keys(run):
    assert run("department", "add", "Genetics")[0] == 0
    assert "#choose=" in run("add", "ada", "--display-name", "Ada L.")[1].out
    assert run("add", "ehr", "--machine")[1].out == "ehr was made.\n"
    assert run("grant", "ada", "Genetics", "clinician")[0] == 0
    assert run("key", "ehr", "--days", "3")[1].out.startswith("phm_")
    listed = [json.loads(line) for line in run("list")[1].out.splitlines()]
    assert [(each["name"], each["roles"]) for each in listed] == [("ada", ["clinician in Genetics"]), ("ehr", [])]
    assert run("revoke", "ada", "Genetics", "clinician")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("grant", "nobody", "Genetics", "clinician"),
        ("grant", "ada", "Nowhere", "clinician"),
        ("revoke", "ada", "Genetics", "auditor"),
        ("key", "ada"),
        ("add", "ada"),
        ("add", "ADA"),
        ("department", "add", "Genetics"),
        ("reset", "ehr"),
        ("grant", "ehr", "Genetics", "administrator"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, words):
    run("department", "add", "Genetics"), run("add", "ada"), run("add", "ehr", "--machine")
    code, said = run(*words)
    assert (code, said.out) == (1, "")
    assert len(said.err.splitlines()) == 1


def test_settings_are_read_from_a_file_and_faults_are_named(run, tmp_path):
    file = tmp_path / "site.toml"
    file.write_text('hosts = ["phenomap.example"]\nidle = "PT10M"\n')
    assert run("list", "--settings", str(file))[0] == 0
    for wrong in ("nothing = 1", "idle = [", "[tls]\ncertificate = 'a'"):
        file.write_text(wrong)
        code, said = run("list", "--settings", str(file))
        assert code == 1
        assert str(file) in said.err
    assert Settings().database == "sqlite:///phenomap.db"
