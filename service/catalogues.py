"""The words of the answers and the pages, from one message catalogue a language: `locales/LANGUAGE/LC_MESSAGES/*.po`.

An entry's msgid is a key such as `page.title`, its msgstr the text with {names} for what is filled in. All are read
once, as this module is; a language is added by adding its folder. Keys in which scripts, templates and modules ask for
a text are checked by tests/service/test_catalogues.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import MappingProxyType

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from ontology.errors import PhenomapError

FOLDER = Path(__file__).parent / "locales"
#: The language whose keys and {names} every other is held to, and in which whoever asks for no known one is answered.
FIRST = "en"

_KEY = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
_SHOWN = 5


class CatalogueError(PhenomapError):
    """The message catalogues cannot be used."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The texts of one language by key; `locale` says how it writes dates and numbers."""

    locale: Locale
    words: Mapping[str, str]


def read_catalogues(folder: Path) -> Mapping[str, Messages]:
    """The catalogues in `folder` by language, FIRST first.

    Raises CatalogueError where one cannot be read, where a key is there twice, has no text or one marked as fuzzy, and
    where two languages differ in their keys or in the {names} of a text.
    """
    paths = {path.parent.parent.name: path for path in sorted(folder.glob("*/LC_MESSAGES/phenomap.po"))}
    if FIRST not in paths:
        raise CatalogueError(f"There is no message catalogue of {FIRST} in {folder}.", "Install phenomap again.")
    read = {language: _read(language, paths[language]) for language in sorted(paths, key=lambda each: each != FIRST)}
    for language in read:
        _agree(read[FIRST].words, read[language].words, paths[language])
    return MappingProxyType(read)


def _read(language: str, path: Path) -> Messages:
    try:
        text = path.read_text(encoding="utf-8")
        catalog = read_po(text.splitlines(keepends=True), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueError(f"{path} is not a message catalogue in UTF-8.", "Mend what msgfmt -c says.") from error
    if catalog.locale is None or catalog.locale.language != language:
        raise CatalogueError(f"The header of {path} is of another language.", f"Write its Language as {language}_….")
    twice = (key for key, times in Counter(_KEY.findall(text)).items() if times > 1)
    _refuse(path, "keys that are there twice", twice, "Leave one of each.")
    _refuse(path, "texts that are missing, fuzzy or no single text", _unfinished(catalog), "Write and review each.")
    words = {str(message.id): str(message.string) for message in catalog if message.id}
    _refuse(path, "texts with a brace out of place", (key for key in words if names_in(words[key]) is None), _BRACES)
    return Messages(catalog.locale, MappingProxyType(words))


def _unfinished(catalog: Catalog) -> Iterator[str]:
    """Keys of entries that nobody has finished, or that are of a kind not used here: plurals, contexts."""
    for message in catalog:
        single = isinstance(message.id, str) and isinstance(message.string, str) and message.context is None
        if message.id and (not single or message.fuzzy or not message.string):
            yield str(message.id)


_BRACES = "Write a {name} for what is filled in, and no other brace."


def names_in(text: str) -> frozenset[str] | None:
    """What is filled into a text: `ids` for {ids[0]}, `at` for {at:%Y}; None where its braces are no such names."""
    try:
        fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    names = frozenset(re.split(r"[.\[]", field)[0] for field in fields)
    return None if "" in names else names


def _agree(first: Mapping[str, str], words: Mapping[str, str], path: Path) -> None:
    _refuse(path, f"keys less than {FIRST}", (key for key in first if key not in words), "Add a text for each.")
    _refuse(path, f"keys more than {FIRST}", (key for key in words if key not in first), f"Add each to {FIRST}, too.")
    other = (key for key in first if names_in(first[key]) != names_in(words[key]))
    _refuse(path, f"texts with other {{names}} than {FIRST}", other, "Use in each text the names of the first.")


def _refuse(path: Path, what: str, keys: Iterator[str], mend: str) -> None:
    """Raise CatalogueError where there are any `keys`; the first few are named."""
    found = list(keys)
    if found:
        named = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
        raise CatalogueError(f"{path} has {len(found)} {what}: {named}.", mend)


CATALOGUES: Mapping[str, Messages] = read_catalogues(FOLDER)
#: The texts by language and key.
DICTIONARIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {language: messages.words for language, messages in CATALOGUES.items()}
)
