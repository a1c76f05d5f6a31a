"""Administrators, the departments they manage, and nothing beyond them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ontology.errors import InputError
from service.actors import Permission
from service.cases.rules import CaseRules
from service.identity import accounts, one_time
from service.identity.demonstration import demonstration_link, keep_demonstration
from service.identity.one_time import Purpose
from service.identity.roles import FOR_MACHINES, PERMISSIONS, PERSONS_ALONE, Role, actor_with
from service.store import tables
from service.store.tables import audit, new_id

PASSWORD = "two brown foxes jump"


@pytest.fixture
def root(person, signed_in, new_client):
    """The administrator of Genetics, signed in."""
    return signed_in(person("root", Role.ADMINISTRATOR), new_client())


def test_a_new_person_chooses_a_password_with_a_link_that_works_once(root, new_client, problem):
    new = root.post("/api/v1/accounts", json={"name": "Ada", "display_name": "Ada L."}).json()
    ada = new_client()
    chosen = {"secret": new["secret"], "password": PASSWORD}
    problem(ada.post("/api/v1/sessions", json={"name": "ada", "password": PASSWORD}), 401)
    assert ada.post("/api/v1/passwords", json=chosen).status_code == 200
    assert ada.get("/api/v1/me").json()["display_name"] == "Ada L."
    problem(new_client().post("/api/v1/passwords", json=chosen), 401)
    assert new_client().post("/api/v1/sessions", json={"name": "ada", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("password", ["short", "x" * 257, "ada ada ada ada", "aaaaaaaaaaaaaaaa", "Adalovelace"])
def test_a_weak_password_is_refused_and_the_link_still_works(root, new_client, problem, password):
    new = root.post("/api/v1/accounts", json={"name": "ada", "display_name": "Ada"}).json()
    answer = new_client().post("/api/v1/passwords", json={"secret": new["secret"], "password": password})
    assert problem(answer, 422)["errors"][0]["field"] == "password"
    assert new_client().post("/api/v1/passwords", json={"secret": new["secret"], "password": PASSWORD}).is_success


def test_a_new_password_ends_all_other_sessions(person, signed_in, new_client, problem):
    ada = person("ada")
    here, there = signed_in(ada, new_client()), signed_in(ada, new_client())
    before = here.cookies["phenomap"]
    wrong = here.post("/api/v1/me/password", json={"current": "a wrong password", "password": PASSWORD + "!"})
    problem(wrong, 401)
    answer = here.post("/api/v1/me/password", json={"current": PASSWORD, "password": "four green frogs jump"})
    assert answer.status_code == 200
    assert here.cookies["phenomap"] != before
    assert here.get("/api/v1/me").status_code == 200
    problem(there.get("/api/v1/me"), 401)
    problem(new_client(cookies={"phenomap": before}).get("/api/v1/me"), 401)


def test_rights_that_change_end_the_sessions_that_had_the_old_ones(root, person, signed_in, new_client, problem):
    ada = person("ada")
    client = signed_in(ada, new_client())
    given = {"department": ada.department, "role": "second_reader"}
    assert root.post(f"/api/v1/accounts/{ada.id}/memberships", json=given).status_code == 200
    problem(client.get("/api/v1/me"), 401)
    assert "second_sign" in signed_in(ada, client).get("/api/v1/me").json()["permissions"]
    path = f"/api/v1/accounts/{ada.id}/memberships/{ada.department}/second_reader"
    assert root.delete(path).status_code == 200
    problem(client.get("/api/v1/me"), 401)
    problem(root.delete(path), 404)


def test_who_makes_a_department_administers_it_under_a_new_token(root, new_client, problem):
    before, csrf = root.cookies["phenomap"], root.headers["X-CSRF-Token"]
    made = root.post("/api/v1/departments", json={"name": "Neurology"}).json()
    assert root.cookies["phenomap"] != before
    problem(new_client(cookies={"phenomap": before}).get("/api/v1/me"), 401)
    me = root.get("/api/v1/me").json()
    assert made["id"] in {each["department"] for each in me["memberships"]}
    assert me["csrf"] == csrf  # an open page goes on
    problem(root.post("/api/v1/departments", json={"name": "Neurology"}), 422)


def test_no_account_of_another_department_can_be_found_or_touched(root, person, problem):
    eve = person("eve", department="Neurology")
    both = person("both")
    robot = person("robot", department="Neurology", kind="machine")
    assert {each["name"] for each in root.get("/api/v1/accounts").json()} == {"root", "both"}
    assert [each["name"] for each in root.get("/api/v1/departments").json()] == ["Genetics"]
    own, other = both.department, eve.department
    answers = []
    for id in (eve.id, robot.id, new_id()):
        answers += [
            root.post(f"/api/v1/accounts/{id}/active", json={"active": False}),
            root.post(f"/api/v1/accounts/{id}/memberships", json={"department": own, "role": "clinician"}),
            root.post(f"/api/v1/accounts/{id}/password-links"),
            root.get(f"/api/v1/accounts/{id}/keys"),
            root.post(f"/api/v1/accounts/{id}/keys", json={"days": 1}),
            root.delete(f"/api/v1/accounts/{id}/keys/{new_id()}"),
            root.delete(f"/api/v1/accounts/{id}/memberships/{other}/clinician"),
        ]
    answers.append(root.post(f"/api/v1/accounts/{both.id}/memberships", json={"department": other, "role": "auditor"}))
    assert len({str(problem(answer, 404)) for answer in answers}) == 1


def test_an_account_with_rights_elsewhere_too_is_not_ones_own_to_manage(root, person, database, problem):
    both, eve = person("both"), person("eve", department="Neurology")
    database.write(lambda c: accounts.grant(c, both.id, eve.department, Role.CLINICIAN))
    problem(root.post(f"/api/v1/accounts/{both.id}/password-links"), 404)


def test_a_machine_gets_keys_and_no_password(root, database, problem):
    new = root.post("/api/v1/accounts", json={"name": "ehr", "display_name": "EHR", "kind": "machine"}).json()
    assert new["secret"] is None
    key = root.post(f"/api/v1/accounts/{new['id']}/keys", json={"days": 30}).json()
    (listed,) = root.get(f"/api/v1/accounts/{new['id']}/keys").json()
    assert (listed["id"], listed["hint"]) == (key["id"], key["key"][:12])
    assert root.delete(f"/api/v1/accounts/{new['id']}/keys/{key['id']}").status_code == 200
    assert root.get(f"/api/v1/accounts/{new['id']}/keys").json() == []
    problem(root.post(f"/api/v1/accounts/{new['id']}/password-links"), 422)
    department = database.read(lambda c: accounts.find_department(c, "Genetics"))
    for role in set(Role) - FOR_MACHINES:
        given = {"department": department, "role": role.value}
        problem(root.post(f"/api/v1/accounts/{new['id']}/memberships", json=given), 422)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_administrators_manage(person, signed_in, new_client, problem, role):
    client = signed_in(person("ada", role), new_client())
    for method, path in [("GET", "accounts"), ("GET", "departments"), ("POST", "departments"), ("POST", "accounts")]:
        body = {"json": {"name": "x", "display_name": "x"} if path == "accounts" else {"name": "x"}}
        problem(client.request(method, f"/api/v1/{path}", **(body if method == "POST" else {})), 403)


def test_every_change_of_an_account_is_in_the_trail(root, database):
    new = root.post("/api/v1/accounts", json={"name": "ehr", "display_name": "EHR", "kind": "machine"}).json()
    own = root.get("/api/v1/departments").json()[0]["id"]
    root.post(f"/api/v1/accounts/{new['id']}/memberships", json={"department": own, "role": "clinician"})
    key = root.post(f"/api/v1/accounts/{new['id']}/keys", json={"days": 30}).json()
    root.delete(f"/api/v1/accounts/{new['id']}/keys/{key['id']}")
    root.delete(f"/api/v1/accounts/{new['id']}/memberships/{own}/clinician")
    root.post(f"/api/v1/accounts/{new['id']}/active", json={"active": False})
    me = root.get("/api/v1/me").json()["account"]
    chosen = select(audit.c.action, audit.c.object_kind, audit.c.detail).where(audit.c.actor == me)
    links = [tuple(row) for row in database.read(lambda c: c.execute(chosen.order_by(audit.c.seq)).all())]
    assert links[1:] == [
        ("create", "account", {"kind": "machine"}),
        ("grant", "account", {"role": "clinician"}),
        ("create", "api_key", {"account": new["id"], "days": 30}),
        ("revoke", "api_key", {"account": new["id"]}),
        ("revoke", "account", {"role": "clinician"}),
        ("change", "account", {"active": False}),
    ]


def test_what_one_may_do_in_one_department_says_nothing_of_another():
    actor = actor_with("a", [("here", "clinician"), ("there", "auditor")])
    assert actor.departments(Permission.READ_CASES) == {"here"}
    assert actor.departments(Permission.READ_AUDIT) == {"there"}
    assert actor.departments(Permission.ERASE) == frozenset()


def test_duties_are_apart():
    assert Permission.READ_CASES not in PERMISSIONS[Role.ADMINISTRATOR] | PERMISSIONS[Role.AUDITOR]
    assert Permission.WRITE_CASES not in PERMISSIONS[Role.SECOND_READER]
    assert Permission.SIGN not in PERMISSIONS[Role.SECOND_READER]
    assert [role for role in Role if Permission.MANAGE_ACCOUNTS in PERMISSIONS[role]] == [Role.ADMINISTRATOR]
    assert set(PERMISSIONS) == set(Role)
    machine = actor_with("m", [("here", role) for role in FOR_MACHINES], person=False)
    assert not machine.permissions & PERSONS_ALONE


def test_a_secret_holds_for_its_purpose_alone_and_the_newest_one_alone(person, database):
    ada = person("ada")
    first = database.write(lambda c: one_time.issue(c, Purpose.PASSWORD, ada.id))
    second = database.write(lambda c: one_time.issue(c, Purpose.PASSWORD, ada.id))

    def use(secret, *purposes):
        return database.write(lambda c: one_time.use(c, secret, *purposes))

    assert use(first, Purpose.PASSWORD) is None
    assert use(second, Purpose.DEMONSTRATION, Purpose.FIRST_ADMINISTRATOR) is None
    assert use(second, Purpose.PASSWORD) == ada.id
    assert use(second, Purpose.PASSWORD) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\nb"])
def test_names_are_printable(database, name):
    with pytest.raises(InputError):
        database.write(lambda c: accounts.create_account(c, name, "A"))


def test_a_name_is_taken_in_every_spelling(person, database):
    person("ada")
    with pytest.raises(InputError, match="this name"):
        database.write(lambda c: accounts.create_account(c, "ＡＤＡ ", "A"))


def test_a_password_in_clear_is_never_stored(database):
    with pytest.raises(ValueError, match="encoded"):
        database.write(lambda c: accounts.create_account(c, "ada", "A", password=PASSWORD))


def test_the_demonstration_keeps_one_example_case(keeping, small_knowledge):
    keeping.database.write(demonstration_link)
    for _ in range(2):
        keep_demonstration(keeping, CaseRules(), small_knowledge.terms, faces=False)
    rows = keeping.database.read(lambda c: c.execute(select(tables.case.c.sex, tables.case.c.status)).all())
    assert rows == [("male", "draft")]
    assert keeping.database.read(lambda c: c.execute(select(tables.note.c.id)).all())
