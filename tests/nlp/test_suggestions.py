"""What is suggested for words that match no term, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import suggestions as benchmark
from cli.main import main
from nlp import suggestions
from nlp.english import EnglishReader
from nlp.nearest import NearestTerms
from nlp.rules import LanguageFolder
from nlp.suggestions import Suggested, Suggester
from nlp.wordings import Wording, WordingAnalyser
from ontology.knowledge import Knowledge

LOW_EARS = "ears set by the neck"


@pytest.fixture(scope="module")
def suggester(small_knowledge: Knowledge, english: EnglishReader) -> Suggester:
    return Suggester(small_knowledge, english)


def suggested(suggester: Suggester, text: str) -> Suggested:
    return suggester.suggest(text, suggester.english.read("n", text).mentions)


def two_wordings() -> NearestTerms:
    analyser = WordingAnalyser(LanguageFolder("en"))
    return NearestTerms.from_wordings([Wording("red eye", 0.0, 7), Wording("red hand", 0.0, 9)], analyser)


def test_likeness_is_the_cosine_of_words_and_letters() -> None:
    # Stems: idf(red) = ln 2 = .693, idf(eye) = idf(hand) = ln 3 = 1.099: cosine = .480 / (.480 + 1.207) = .2847.
    # Trigrams: 3 of "red" in common: 1.441 / sqrt((1.441 + 3 * 1.207) * (1.441 + 4 * 1.207)) = .2559.
    # Together .4 * .2847 + .6 * .2559 = .2674.
    first, second = two_wordings().near(["red", "eye"])
    assert (first.term, second.term) == (7, 9)
    assert first.likeness == pytest.approx(1.0, abs=1e-4)
    assert second.likeness == pytest.approx(0.2674, abs=1e-3)


def test_misspelt_word_is_near_by_its_letters_alone() -> None:
    near = two_wordings().near(["hannd"])
    assert [n.term for n in near] == [9]
    assert 0 < near[0].likeness < 0.6  # no stem is shared


def test_words_unlike_any_wording_have_no_near_term() -> None:
    assert two_wordings().near(["zzz"]) == ()
    assert two_wordings().near([]) == ()


def test_unread_words_get_the_nearest_terms(suggester: Suggester) -> None:
    text = f"Seizures. Her {LOW_EARS}."
    (suggestion,) = suggested(suggester, text).suggestions
    assert text[suggestion.start : suggestion.end] == suggestion.text == LOW_EARS
    assert (suggestion.terms[0].id, suggestion.terms[0].label) == ("HP:0000369", "Low-set ears")
    assert len(suggestion.terms) == 5
    likenesses = [term.likeness for term in suggestion.terms]
    assert likenesses == sorted(likenesses, reverse=True)


def test_what_is_read_is_not_suggested(suggester: Suggester) -> None:
    assert suggested(suggester, "Low-set ears. No abnormality of the eye. Macrocephaly.").suggestions == ()


@pytest.mark.parametrize(
    "text", ["", "She came by train.", "Head: 3", "ears", "the head and the ears", "No. 12, 13 and 14."]
)
def test_ordinary_words_get_no_suggestion(suggester: Suggester, text: str) -> None:
    assert suggested(suggester, text) == Suggested(())


def test_what_lies_behind_the_last_span_looked_up_is_told(
    suggester: Suggester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MOST_SPANS", 2)
    text = f"{LOW_EARS}. " * 3
    made = suggested(suggester, text)
    assert len(made.suggestions) == 2
    assert made.looked_to == 2 * (len(LOW_EARS) + 2)


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(st.sampled_from([LOW_EARS, "Seizures", "eyes", " ", ". ", "\n", "No", "é", "\u0301", "𝒳"])).map(
        "".join
    )
)
def test_suggestions_are_slices_in_order_beside_the_mentions(suggester: Suggester, text: str) -> None:
    mentions = suggester.english.read("n", text).mentions
    last = 0
    for each in suggester.suggest(text, mentions).suggestions:
        assert last <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.text
        assert all(m.evidence.end <= each.start or each.end <= m.evidence.start for m in mentions)
        last = each.end


def test_command_suggests_only_when_asked(small_root: Path, tmp_path: Path) -> None:
    note, answer = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    note.write_text(json.dumps({"id": "a", "text": f"Her {LOW_EARS}."}) + "\n", encoding="utf-8")
    asked = ["extract", str(note), str(answer), "--knowledge", str(small_root)]
    assert main(asked) == 0
    assert "suggestions" not in json.loads(answer.read_text(encoding="utf-8"))
    assert main([*asked, "--suggest"]) == 0
    (suggestion,) = json.loads(answer.read_text(encoding="utf-8"))["suggestions"]
    assert suggestion["text"] == LOW_EARS
    assert suggestion["terms"][0]["id"] == "HP:0000369"
    assert set(suggestion["terms"][0]) == {"id", "label", "likeness"}


def test_benchmark_counts_missed_mentions_that_a_suggestion_meets(
    small_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"Seizures. Her {LOW_EARS}. Scoliosis."
    start = text.index(LOW_EARS)
    spans = [
        {"start": 0, "end": 8, "hpo": "HP:0001250"},  # read, so it does not count
        {"start": start, "end": start + len(LOW_EARS), "hpo": "HP:0000369"},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "a", "text": text, "annotations": spans}) + "\n", encoding="utf-8")
    assert benchmark.main([str(gold), "--knowledge", str(small_root)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["missed"], figures["hit@1"], figures["hit@5"], figures["span_hit@1"]) == (1, 100.0, 100.0, 100.0)
    assert figures["useful"] == 100.0


@pytest.mark.real
def test_paraphrases_of_the_real_release_are_among_the_five(
    real_knowledge: Knowledge, real_english: EnglishReader
) -> None:
    suggester = Suggester(real_knowledge, real_english)
    for phrase, id in [
        ("flared nares", "HP:0000454"),
        ("seyzure", "HP:0001250"),
        ("overriding fifth toes", "HP:0001845"),
    ]:
        assert id in [term.id for term in suggester.terms_near(phrase)]
