"""What is suggested for the words of a Chinese note that match nothing, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import suggestions_zh as benchmark
from nlp.chinese import suggestions
from nlp.chinese.lexicon import FOLDER
from nlp.chinese.nearest import NearestChinese
from nlp.chinese.reader import ChineseReader
from nlp.chinese.suggestions import ChineseSuggester
from nlp.readers import NoteReaders, open_readers
from nlp.reading import Reading
from nlp.suggesters import NoteSuggesters
from nlp.suggestions import Suggested
from ontology.errors import KnowledgeDamaged
from ontology.features import Abstention, Unread
from ontology.knowledge import Knowledge

CpuSeconds = Callable[[Callable[[], object]], float]

#: Joints, and what may be wrong with them, of which the small release knows nothing; each pair names a term.
PARTS, ENDS = ("膝关节", "肘关节", "踝关节"), ("红肿", "僵硬", "弹响")
RED_KNEE = "HP:0000252"
WORDINGS = {part + end: 6 + 3 * row + at for row, part in enumerate(PARTS) for at, end in enumerate(ENDS)}


@pytest.fixture(scope="module")
def suggester(
    small_knowledge: Knowledge, readers: NoteReaders, tmp_path_factory: pytest.TempPathFactory
) -> ChineseSuggester:
    """The reader of the small release, with an index of wordings that it cannot read."""
    folder = tmp_path_factory.mktemp("near")
    reader = readers.readers["zh"]
    assert isinstance(reader, ChineseReader)
    first = small_knowledge.terms.position(RED_KNEE)
    wordings = {wording: term - 6 + first for wording, term in WORDINGS.items()}
    NearestChinese.write(folder / FOLDER, wordings, reader.lexicon.qualities)
    return ChineseSuggester(replace(small_knowledge, folder=folder), reader)


def suggested(suggester: ChineseSuggester, text: str) -> Suggested:
    return suggester.suggest(text, suggester.reader.read("n", text).mentions)


def words(suggester: ChineseSuggester, text: str) -> list[str]:
    return [each.text for each in suggested(suggester, text).suggestions]


def test_likeness_is_the_share_of_the_phrase_that_a_terms_wordings_hold() -> None:
    # Of two terms both hold 红 and ^红: ln(1 + 2/2) = .693 each; 眼, 红眼 and 眼$ are of one: ln 3 = 1.099 each.
    # 红眼 weighs 2 * .693 + 3 * 1.099 = 4.682; of that 红手 holds 1.386, 29.6 %.
    first, second = NearestChinese.of({"红眼": 7, "红手": 9}, {}).near("红眼")
    assert (first.term, second.term) == (7, 9)
    assert first.likeness == pytest.approx(1.0)
    assert second.likeness == pytest.approx(0.2961, abs=1e-4)


def test_qualities_of_one_meaning_agree() -> None:
    wordings, same = {"肌低": 1, "眼高": 2}, {"低": ("low",), "减": ("low",)}
    # 肌 and ^肌 of five features that one term or none has; with the group three of six.
    assert NearestChinese.of(wordings, {}).near("肌减")[0].likeness == pytest.approx(0.4)
    assert NearestChinese.of(wordings, same).near("肌减")[0].likeness == pytest.approx(0.5)


def test_all_wordings_of_a_term_count_together() -> None:
    # No wording holds both halves; the term's wordings do, those of the others hold one.
    index = NearestChinese.of({"脑袋大": 1, "头颅偏小": 1, "脑袋长": 2, "下巴偏小": 3}, {})
    assert index.near("脑袋偏小")[0].term == 1


def test_nothing_is_near_to_what_no_wording_holds() -> None:
    assert NearestChinese.of({"红眼": 7}, {}).near("足") == ()
    assert NearestChinese.of({}, {}).near("足") == ()


def test_unread_words_get_the_nearest_terms(suggester: ChineseSuggester) -> None:
    text = "😀抽搐。查體：膝關節有點紅腫，體溫正常。"
    (suggestion,) = suggested(suggester, text).suggestions
    assert text[suggestion.start : suggestion.end] == suggestion.text == "膝關節有點紅腫"
    assert suggestion.terms[0].id == RED_KNEE
    assert len(suggestion.terms) == 5
    likenesses = [term.likeness for term in suggestion.terms]
    assert likenesses == sorted(likenesses, reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "患儿来诊。",
        "膝关节",
        "未见膝关节红肿。",
        "无膝关节红肿。",
        "否认发热，膝关节红肿。",
        "膝关节红肿(-)。",
        "膝关节未见异常。",
        "警惕膝关节红肿。",
        "其母膝关节红肿。",
        "家族史：奶奶有膝关节红肿。",
        "膝关节、红肿",
    ],
)
def test_what_is_not_said_of_the_patient_gets_no_suggestion(suggester: ChineseSuggester, text: str) -> None:
    assert suggested(suggester, text) == Suggested(())


def test_what_is_read_is_not_suggested(suggester: ChineseSuggester) -> None:
    assert words(suggester, "抽搐，膝关节红肿，眼距宽。") == ["膝关节红肿"]


def test_words_that_hold_a_denial_as_part_of_them_are_looked_at(suggester: ChineseSuggester) -> None:
    assert words(suggester, "膝关节红肿无明显诱因。") == ["膝关节红肿"]
    assert words(suggester, "无故膝关节红肿。") == ["膝关节红肿"]


def test_several_phrases_in_one_stretch_are_found(suggester: ChineseSuggester) -> None:
    assert words(suggester, "膝关节红肿及肘关节僵硬") == ["膝关节红肿", "肘关节僵硬"]


def test_what_lies_behind_the_last_phrase_looked_up_is_told(
    suggester: ChineseSuggester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MOST_SPANS", 6)
    text = "膝关节红肿。" * 9
    made = suggested(suggester, text)
    assert made.looked_to is not None
    assert len(made.suggestions) == made.looked_to // len("膝关节红肿。") > 0


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            ["膝关节红肿", "膝關節", "僵硬", "抽搐", "，", "。", "无", "未见", "母亲", "\n", "x", "\u0301", "𠀀", "😀"]
        )
    ).map("".join)
)
def test_suggestions_are_slices_in_order_beside_the_mentions(suggester: ChineseSuggester, text: str) -> None:
    mentions = suggester.reader.read("n", text).mentions
    last = 0
    for each in suggester.suggest(text, mentions).suggestions:
        assert last <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.text
        assert all(m.evidence.end <= each.start or each.end <= m.evidence.start for m in mentions)
        last = each.end


def test_time_is_linear_in_a_note_without_a_sign(cpu_seconds: CpuSeconds, suggester: ChineseSuggester) -> None:
    def seconds(times: int) -> float:
        return cpu_seconds(lambda: suggester.suggest("膝关节" * times, ()))

    seconds(100)
    assert seconds(8000) < 8 * 4 * max(seconds(1000), 0.005)


def test_each_language_has_its_suggester(small_knowledge: Knowledge, readers: NoteReaders) -> None:
    made = NoteSuggesters.of(small_knowledge, readers)
    assert made.suggest("她来诊。", readers.read("n", "她来诊。")) == Suggested(())
    english = made.suggest("Her ears set by the neck.", readers.read("n", "Her ears set by the neck."))
    assert english is not None
    assert english.suggestions
    unread = Reading("ru", (), Abstention("nlp", Unread.LANGUAGE_NOT_READ))
    assert made.suggest("судороги", unread) is None


def test_release_compiled_without_the_index_is_refused(
    small_knowledge: Knowledge, readers: NoteReaders, tmp_path: Path
) -> None:
    reader = readers.readers["zh"]
    assert isinstance(reader, ChineseReader)
    with pytest.raises(KnowledgeDamaged, match="phenomap knowledge build"):
        ChineseSuggester(replace(small_knowledge, folder=tmp_path), reader).terms_near("膝关节")


def test_benchmark_takes_wordings_out_and_counts_what_is_offered(
    small_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes.jsonl"
    marks = [{"start": 4, "end": 6, "hpo": "HP:0001249", "status": "observed"}]
    lines = [
        {"id": "a", "text": "脊柱侧凸。她来", "annotations": marks},
        {"id": "b", "text": "抽搐。", "annotations": [], "held": True},
    ]
    notes.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert benchmark.main([str(notes), "--knowledge", str(small_root)]) == 0
    figures = json.loads(capsys.readouterr().out)
    # The held note counts nothing; 脊柱侧凸 is the one case, and 她来, which the gold marks, is read as nothing.
    assert (figures["cases"], figures["missed"], figures["missed_hit@5"]) == (1, 1, 0.0)
    assert figures["read_anyway"] + figures["misread"] + 100 * figures["unread"] == 100
    assert figures["span_hit@5"] == 100.0


@pytest.mark.real
def test_paraphrases_are_among_the_five_of_the_real_release_within_5_ms(
    cpu_seconds: CpuSeconds, real_knowledge: Knowledge
) -> None:
    reader = open_readers(real_knowledge).readers["zh"]
    assert isinstance(reader, ChineseReader)
    suggester = ChineseSuggester(real_knowledge, reader)
    phrases = [
        ("眼球向外凸得厉害", "HP:0000520"),
        ("双侧耳朵的位置偏低些", "HP:0000369"),
        ("肌张力不是很够", "HP:0001252"),
        ("走路摇摇晃晃不大稳", "HP:0002317"),
    ]
    for phrase, id in phrases:
        assert id in [term.id for term in suggester.terms_near(phrase)], phrase
    assert cpu_seconds(lambda: [suggester.terms_near(phrase) for phrase, _ in phrases]) / len(phrases) < 0.005
