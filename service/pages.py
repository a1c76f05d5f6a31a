"""What every page is made of: the templates, the words that its scripts read, and what all of them show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from facial.norms.ancestry import ANCESTRIES
from service.actors import Permission
from service.bench.age import age_words
from service.bench.vocabulary import Vocabulary
from service.definitions import descriptions
from service.endpoints.knowledge import state_of
from service.formats import measured, moment
from service.identity.identity import Known
from service.models.definitions import DescriptionAnswer
from service.models.known import FamilyInput, ModalityWord
from service.services import Services
from service.static_files import address
from service.translate import Translator

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates as they are at start; a word that is missing is an error, and everything is escaped."""
    folder = FileSystemLoader(HERE / "templates")
    made = Environment(
        loader=folder, autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["static"] = address
    return made


def common(services: Services, translator: Translator, known: Known | None = None) -> dict[str, Any]:
    """What every page and every part of one is given; `known` is who looks at it."""
    wording = translator.wording
    words = wording.words
    return {
        "language": wording.language,
        "words": words,
        "words_json": for_scripts(words, "page.", "modality.", "kept.", "find.", "note.", "photo.", "tests."),
        "demo": services.demo,
        "manifest": services.knowledge.manifest,
        "identity": services.identity,
        "known": known,
        "state": state_of(services, wording.language),
        "may_read_cases": known is not None and Permission.READ_CASES in known.actor.permissions,
        "modalities": tuple(ModalityWord),
        "family_flags": tuple(FamilyInput.model_fields),
        "vocabulary": Vocabulary(services.knowledge.terms, translator.naming),
        "share": wording.percent,
        "this_year": datetime.now(UTC).year,
        "moment": partial(moment, language=wording.language),
        "age_words": partial(age_words, words),
        "wording": wording,
        "definitions_of": partial(_definitions, services, translator),
        "faces": services.faces.state.value,
        "ancestries": tuple(ANCESTRIES),
        "measured": measured,
        "catalogue": services.knowing.offers is not None,
    }


def _definitions(services: Services, translator: Translator, id: str) -> list[DescriptionAnswer]:
    """What Orphanet wrote of a disease; each takes about a millisecond to read."""
    position = services.knowledge.diseases.position(id)
    return descriptions(services.knowledge, translator.naming, services.assessor.readers, position)


def for_scripts(words: Mapping[str, str], *prefixes: str) -> str:
    """The words whose keys begin with one of `prefixes`, as JSON."""
    return json.dumps({key: text for key, text in words.items() if key.startswith(prefixes)}, ensure_ascii=False)
