"""What a note repeats from an earlier one counts once; what is said anew counts, however like it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screening.copied import CopyWatch

LONG = "Generalised seizures began in March and come twice a week."


def test_a_sentence_of_an_earlier_note_is_copied():
    watch = CopyWatch()
    watch.copied(f"Seen today. {LONG}")
    copied = watch.copied(f"{LONG} Walks well.")
    assert (copied.starts, copied.ends, copied.whole) == ((0,), (len(LONG),), False)
    assert copied.holds(LONG.index("seizures"), LONG.index("seizures") + 8)
    assert not copied.holds(len(LONG) + 1, len(LONG) + 6)


def test_a_short_sentence_may_be_said_again():
    watch = CopyWatch()
    watch.copied("No murmur.")
    assert watch.copied("No murmur.").characters == 0


def test_a_note_that_is_all_copied_says_so():
    watch = CopyWatch()
    watch.copied(f"Seen today. {LONG}")
    assert watch.copied(f"{LONG}\nSeen today.").whole


def test_white_space_and_capitals_do_not_make_a_sentence_new():
    watch = CopyWatch()
    watch.copied(LONG)
    assert watch.copied(LONG.upper().replace(" ", "  ")).whole


def test_a_number_within_a_sentence_does_not_end_it():
    watch = CopyWatch()
    watch.copied("The head circumference was 46.5 cm at the age of two years.")
    assert watch.copied("The head circumference was 46.7 cm at the age of two years.").characters == 0


def test_chinese_sentences_are_pieces_and_may_be_shorter():
    watch = CopyWatch()
    watch.copied("患儿三月起反复抽搐每周发作两次伴双眼上翻。查体：神清。")
    copied = watch.copied("今日复诊。患儿三月起反复抽搐每周发作两次伴双眼上翻。")
    assert (copied.starts, copied.ends) == ((5,), (26,))


@given(st.lists(st.text(alphabet="abc .\n。", max_size=120), max_size=6))
def test_stretches_are_ordered_apart_and_within_the_note(notes):
    watch = CopyWatch()
    for text in notes:
        copied = watch.copied(text)
        edges = [edge for pair in zip(copied.starts, copied.ends, strict=True) for edge in pair]
        assert edges == sorted(edges)
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
        assert copied.characters == sum(copied.ends) - sum(copied.starts)
