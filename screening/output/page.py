"""The page of a run: one file that needs nothing beside it, runs no script and asks nothing of any network."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from screening.output.cohort import Cohort
from screening.output.figures import figures
from screening.output.merged import Foremost
from screening.output.outcome import FINDINGS_FILE, FLAGGED_FILE, PATIENTS_FILE, Outcome
from screening.output.telling import told
from screening.output.voice import Voice

#: Flagged patients in the page; a browser opens some tens of megabytes.
MOST = 1000
#: Lines of the tables of diseases and genes.
_FOREMOST = 15
_FOLDER = Path(__file__).parent / "templates"
_LANGUAGES = {"zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is made of: the numbers of the run, those of its tables, and the language with its words."""

    outcome: Outcome
    cohort: Cohort
    foremost: Foremost
    language: str
    words: Mapping[str, str]

    def written(self, flagged: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """The page piece by piece. `flagged` are the lines of flagged.jsonl, in their order: MOST of them are taken.

        What has no place in UTF-8 becomes "?". Everything but the style sheet and the drawings is escaped.
        """
        voice = Voice(self.words)
        style = (_FOLDER / "report.css").read_text(encoding="utf-8")
        pieces = (
            _environment()
            .get_template("report.html")
            .generate(
                language=_LANGUAGES.get(self.language, self.language),
                voice=voice,
                say=voice.say,
                style=Markup(style),  # noqa: S704 - our own file
                style_digest=base64.b64encode(sha256(style.encode()).digest()).decode(),
                outcome=self.outcome,
                cohort=self.cohort,
                figures=[(each, Markup(each.svg)) for each in figures(self.outcome, self.cohort, voice)],  # noqa: S704
                shift_figures=[Markup(each) for each in self.outcome.shift_figures],  # noqa: S704 - see Outcome
                diseases=self.foremost.diseases.most_common(_FOREMOST),
                genes=self.foremost.genes.most_common(_FOREMOST),
                patients=map(told, islice(flagged, MOST)),
                left_out=max(self.outcome.threshold.flagged - MOST, 0),
                most=MOST,
                files={"patients": PATIENTS_FILE, "findings": FINDINGS_FILE, "flagged": FLAGGED_FILE},
            )
        )
        for piece in pieces:
            yield piece.encode("utf-8", "replace")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
