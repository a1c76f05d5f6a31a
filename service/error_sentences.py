"""Sentences of errors in the reader's language.

An error is English where it is raised. Each of its sentences stands in the catalogues under a key `fault.…`, whose
English text is that sentence with a {name} for each value; `fault.word.…` are words that come as values themselves.
tests/service/test_error_sentences.py holds the catalogues to the sentences in the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

from service.catalogues import DICTIONARIES, FIRST
from service.wording import closed_up

_AREA = "fault."
_WORD = f"{_AREA}word."
#: The name of a value that is a list of what may be chosen from, joined as English does.
_CHOICES, _OR = "choices", " or "


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with values in it: the texts around them, one more than there are `names`, and its key."""

    key: str
    around: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, key: str, text: str) -> Form:
        """The form of a text with {names}."""
        parts = [(literal, name) for literal, name, _, _ in Formatter().parse(text)]
        names = tuple(name for _, name in parts if name is not None)
        around = tuple(literal for literal, _ in parts)
        return cls(key, around if len(around) > len(names) else (*around, ""), names)

    def values(self, sentence: str) -> Mapping[str, str] | None:
        """What stands in the places of `names`, none of it empty, or None where the sentence is of another form.

        The first place where a text between two values is found will do, so this takes one pass over the sentence.
        """
        first, *between, last = self.around
        if not (sentence.startswith(first) and sentence.endswith(last)):
            return None
        at, end = len(first), len(sentence) - len(last)
        values = []
        for text in between:
            found = sentence.find(text, at + 1, end)
            if found < 0:
                return None
            values.append(sentence[at:found])
            at = found + len(text)
        return dict(zip(self.names, (*values, sentence[at:end]), strict=True)) if at < end else None


@dataclass(frozen=True, slots=True)
class ErrorSentences:
    """Finds the key of a sentence: `whole` are those without values, `begun` the others by their first word.

    Those that begin with a value are under the empty word. Of two forms, the one with more text of its own comes first.
    """

    whole: Mapping[str, str]
    begun: Mapping[str, tuple[Form, ...]]
    values: Mapping[str, str]

    @classmethod
    def of(cls, words: Mapping[str, str]) -> ErrorSentences:
        """The sentences in a dictionary of the language that errors are raised in."""
        texts = {key: text for key, text in words.items() if key.startswith(_AREA) and not key.startswith(_WORD)}
        whole: dict[str, str] = {}
        begun: dict[str, list[Form]] = {}
        for key, text in texts.items():
            form = Form.of(key, text)
            if form.names:
                begun.setdefault(_first_word(form.around[0]), []).append(form)
            else:
                whole[form.around[0]] = key
        ordered = {word: tuple(sorted(forms, key=_own_text, reverse=True)) for word, forms in begun.items()}
        values = {text: key for key, text in words.items() if key.startswith(_WORD)}
        return cls(MappingProxyType(whole), MappingProxyType(ordered), MappingProxyType(values))

    def found(self, sentence: str) -> tuple[str, Mapping[str, str]] | None:
        """The key of a sentence and its values, or None where no catalogue knows it."""
        if key := self.whole.get(sentence):
            return key, {}
        for form in self._forms(sentence):
            if values := form.values(sentence):
                return form.key, values
        return None

    def told(self, sentence: str, language: str) -> str:
        """The sentence in `language`, one of DICTIONARIES; as it is where no catalogue knows it."""
        known = None if language == FIRST else self.found(sentence)
        if known is None:
            return sentence
        key, values = known
        words = DICTIONARIES[language]
        return closed_up(words[key].format(**{name: self._value(name, values[name], words) for name in values}))

    def _forms(self, sentence: str) -> Iterator[Form]:
        word = _first_word(sentence)
        yield from self.begun.get(word, ()) if word else ()
        yield from self.begun.get("", ())

    def _value(self, name: str, value: str, words: Mapping[str, str]) -> str:
        if name == _CHOICES:
            return value.replace(_OR, words[f"{_WORD}or"])
        return words[self.values[value]] if value in self.values else value


def _first_word(text: str) -> str:
    """The first word where it is whole, that is, followed by a blank."""
    word, blank, _ = text.partition(" ")
    return word if blank else ""


def _own_text(form: Form) -> int:
    return sum(map(len, form.around))


ERROR_SENTENCES = ErrorSentences.of(DICTIONARIES[FIRST])
