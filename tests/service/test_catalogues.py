"""The message catalogues: they agree, every text that is asked for is there, and none is there that nobody asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from service.catalogues import CATALOGUES, DICTIONARIES, FIRST, FOLDER, CatalogueError, names_in, read_catalogues

ROOT = Path(__file__).parent.parent.parent
KEYS = frozenset(DICTIONARIES[FIRST])
AREAS = frozenset(key.split(".")[0] for key in KEYS)
#: Composed of two variables: OrderWording.said, MentionTranslator.
OF_AREA_AND_VALUE = ("sample", "consent", "relatives", "section")
KEY = re.compile(rf"(?:{'|'.join(sorted(AREAS))})\.[A-Za-z][\w.: ]*")
FILES = re.compile(r"\.(?:html|js|css|po|tsv|txt|typ|svg|pdf|parquet)$")


def sources(*globs: str) -> list[str]:
    """The texts of the files of the project that `globs` find."""
    return [path.read_text(encoding="utf-8") for glob in globs for path in sorted(ROOT.glob(glob))]


@cache
def askers() -> tuple[str, ...]:
    """Whatever may ask for a text."""
    return tuple(
        sources("service/**/*.py", "service/templates/**/*.html", "service/static/*.js", "service/printing/**/*.typ")
        + sources("cli/**/*.py", "screening/**/*.py", "screening/output/templates/*.html")
    )


@cache
def asked() -> frozenset[str]:
    """Keys written out in what asks for them: as all of a string, which no other is joined to."""
    found = chain.from_iterable(
        re.findall(r"""["']([a-z_]+(?:\.[\w.: ]+)?)["'](?! *[~+])""", text) for text in askers()
    )
    return frozenset(string for string in found if string in KEYS or KEY.fullmatch(string))


@cache
def composed() -> tuple[re.Pattern[str], ...]:
    """Shapes of the keys that are put together: f"match.{met}", "page." ~ sex, `page.${assertion}`."""
    shapes: set[str] = set()
    for text in askers():
        formatted = chain.from_iterable(re.findall(r'f"([^"\n]+)"|`([^`\n]+)`', text))
        ended = (re.sub(r"\{'(\w+)' if [^{}]*\}", "\1\\1\1", shape) for shape in formatted)
        shapes |= {re.sub(r"\$?\{[^{}]*\}", "\0", shape) for shape in ended}
        joined = re.findall(r"""["']([a-z_]+\.[a-z_.]*)["'] [~+] [\w.]+(?: [~+] ["'](\w+)["'])?""", text)
        shapes |= {f"{head}\0{tail}" for head, tail in joined}
    begun = (re.escape(shape) for shape in sorted(shapes) if shape.split(".")[0] in AREAS and "\0" in shape)
    optional = (re.sub("\1(\\w+)\1", r"(?:\1)?", shape) for shape in begun)
    return tuple(re.compile(shape.replace("\0", "(.*?)")) for shape in optional)


@cache
def said() -> frozenset[str]:
    """Every word of the code and its tables, in folded case: what a composed key's parts are of."""
    beneath = sources("matching/**/*.py", "facial/**/*.py", "nlp/**/*.py", "ontology/*.py", "nlp/languages/**/*.tsv")
    return frozenset(re.findall(r"\w+", "\n".join([*askers(), *beneath]).casefold()))


def is_said(part: str) -> bool:
    return said().issuperset(re.findall(r"\w+", part.casefold()))


def used(key: str) -> bool:
    if key in asked() or (key.endswith(".mend") and used(key.removesuffix(".mend"))):
        return True
    if key.startswith("fault."):
        return True  # found by its text: held to the source by test_error_sentences.py
    if key.split(".")[0] in OF_AREA_AND_VALUE:
        return is_said(key.partition(".")[2])
    matches = (shape.fullmatch(key) for shape in composed())
    return any(match and all(map(is_said, match.groups())) for match in matches)


def test_every_text_asked_for_is_there():
    assert len(asked() & KEYS) > 300
    assert {key for key in asked() - KEYS if not FILES.search(key)} == set()


def test_every_word_of_the_templates_and_scripts_is_there():
    pages = sources("service/templates/**/*.html", "service/static/*.js")
    strings = (re.findall(r'(?:word\(|words\[|group\()\s*"([\w.]+)"\s*[,)\]]', text) for text in pages)
    assert set(chain.from_iterable(strings)) - KEYS == set()


def test_no_text_is_there_that_nobody_asks_for():
    assert {key for key in KEYS if not used(key)} == set()


def test_a_translation_stands_under_the_english_it_translates():
    """Where English has changed, each translation of it is to be reviewed."""
    for language in set(CATALOGUES) - {FIRST}:
        with (FOLDER / language / "LC_MESSAGES" / "phenomap.po").open(encoding="utf-8") as lines:
            translated = {str(m.id): " ".join(m.auto_comments) for m in read_po(lines) if m.id}
        assert {key for key, text in DICTIONARIES[FIRST].items() if translated[key] != text.strip()} == set(), language


def test_the_languages_are_those_of_the_folders_the_first_first():
    assert [*CATALOGUES] == ["en", "zh"]
    assert [str(messages.locale) for messages in CATALOGUES.values()] == ["en_GB", "zh_Hans_CN"]
    with pytest.raises(TypeError):
        DICTIONARIES["en"]["page.title"] = "Other"  # type: ignore[index]


def entry(key: str, text: str, flag: str = "") -> str:
    return f'{flag}msgid "{key}"\nmsgstr "{text}"\n'


def folder(at: Path, **catalogues: Iterable[str]) -> Path:
    for language, entries in catalogues.items():
        path = at / language / "LC_MESSAGES" / "phenomap.po"
        path.parent.mkdir(parents=True)
        header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        path.write_text("\n".join((header, *entries)), encoding="utf-8")
    return at


FINE = (entry("a.one", "{name} and {ids[0]}"), entry("a.two", "Two"))


def test_a_language_is_added_by_its_folder(tmp_path):
    french = (entry("a.two", "Deux"), entry("a.one", "{ids[0]} et {name}"))
    read = read_catalogues(folder(tmp_path, fr=french, de=FINE, en=FINE))
    assert [*read] == ["en", "de", "fr"]
    assert read["fr"].words == {"a.one": "{ids[0]} et {name}", "a.two": "Deux"}


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (FINE[:1], "has 1 keys less than en: a.two"),
        ((*FINE, entry("a.three", "3")), "has 1 keys more than en: a.three"),
        ((entry("a.one", "{other} {ids[0]}"), FINE[1]), "has 1 texts with other {names} than en: a.one"),
        ((entry("a.one", "{name}"), FINE[1]), "other {names} than en: a.one"),
        ((entry("a.one", "{name} {ids[0]"), FINE[1]), "a brace out of place: a.one"),
        ((entry("a.one", "{} {ids[0]}"), FINE[1]), "a brace out of place: a.one"),
        ((FINE[0], entry("a.two", "")), "missing, fuzzy or no single text: a.two"),
        ((FINE[0], entry("a.two", "Zwei", "#, fuzzy\n")), "missing, fuzzy or no single text: a.two"),
        ((FINE[0], entry("a.two", "Zwei", 'msgctxt "page"\n')), "missing, fuzzy or no single text: a.two"),
        ((*FINE, FINE[1]), "keys that are there twice: a.two"),
        ((*FINE, "msgid broken"), "is not a message catalogue"),
    ],
)
def test_catalogues_that_disagree_are_refused_by_name(tmp_path, entries, said):
    with pytest.raises(CatalogueError) as refused:
        read_catalogues(folder(tmp_path, en=FINE, de=entries))
    assert said in refused.value.what
    assert "de" in refused.value.what


def test_a_catalogue_of_another_language_than_its_folder_is_refused(tmp_path):
    read = folder(tmp_path, en=FINE, de=FINE)
    (read / "de").rename(read / "fr")
    with pytest.raises(CatalogueError, match="of another language"):
        read_catalogues(read)


def test_without_the_first_language_there_is_nothing_to_read(tmp_path):
    with pytest.raises(CatalogueError, match="no message catalogue of en"):
        read_catalogues(folder(tmp_path, de=FINE))


def test_the_names_in_a_text_are_what_is_filled_in():
    assert names_in("{0} is {ids[0]} at {at:%H:%M} of {at.year}") == {"0", "ids", "at"}
    assert names_in("none") == frozenset()
    assert names_in("{} {name}") is None
    assert names_in("}") is None
