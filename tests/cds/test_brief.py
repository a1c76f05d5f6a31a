"""The brief of a report: enough for a card, nothing of a note, and made of the whole where there is none."""

from __future__ import annotations

import json

from sqlalchemy import update

from service.cases.brief import brief_of
from service.store.tables import report

VIEW = "patient-view"


def test_a_card_of_a_report_without_a_brief_is_the_same(client, chart, hospital):
    (before,) = client.call(VIEW)
    hospital.keeping.database.write(lambda c: c.execute(update(report).values(brief=None)))
    (after,) = client.call(VIEW)
    for name in ("summary", "detail", "indicator", "links"):
        assert after[name] == before[name]
    drafts = [[each["actions"] for each in card["suggestions"]] for card in (before, after)]
    assert drafts[0] == drafts[1]


def test_a_brief_holds_no_words_of_a_note_and_little_of_the_rest(hospital):
    clinician = hospital.client("clinician north")
    given = {"notes": [{"text": "Vornak has arachnodactyly and scoliosis. No seizures."}]}
    case = clinician.post("/api/v1/cases", json=given).json()["id"]
    made = clinician.post(f"/api/v1/cases/{case}/assess").json()["id"]
    shown = clinician.get(f"/api/v1/cases/{case}/reports/{made}").json()["shown"]
    brief = json.dumps(brief_of(shown))
    assert '"start"' in json.dumps(shown)
    assert '"start"' not in brief  # no place in a note, and no quotation
    assert len(brief) < len(json.dumps(shown)) / 2


def disease(id, name, probability, **more):
    return {"id": id, "name": name, "probability": probability, "contributions": [], **more}


def test_the_forms_of_one_series_are_believed_together():
    """.45 + .17 + .09: the fourth is another disease's."""
    found = brief_of(
        {
            "tests": [],
            "diseases": [
                disease("OMIM:1", "Noonan syndrome 6", 0.45),
                disease("OMIM:2", "Noonan syndrome 4", 0.17),
                disease("OMIM:3", "Costello syndrome", 0.1),
                disease("OMIM:4", "Noonan syndrome 1", 0.09),
            ],
        }
    )["series"]
    assert (found["name"], found["ids"]) == ("Noonan syndrome", ["OMIM:1", "OMIM:2", "OMIM:4"])
    assert round(found["probability"], 6) == 0.71


def test_a_series_is_known_by_its_english_names_and_named_in_the_readers_language():
    forms = [
        disease("OMIM:1", "努南综合征6型", 0.4, name_en="Noonan syndrome 6"),
        disease("OMIM:2", "努南综合征4型", 0.2, name_en="Noonan syndrome 4"),
    ]
    assert brief_of({"tests": [], "diseases": forms})["series"]["name"] == "努南综合征"
    alone = brief_of({"tests": [], "diseases": forms[:1]})["series"]
    assert (alone["name"], alone["probability"]) == ("努南综合征6型", 0.4)
