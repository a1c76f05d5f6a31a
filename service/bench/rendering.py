"""A look as HTML: the whole page, or the parts of it that a change may have touched.

Each part is a template `bench/NAME.html` whose one element has the id `NAME`. Parts are sent as htmx's partials and
morphed into the page, so that focus, scrolling and what is being typed stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from jinja2 import Environment
from markupsafe import Markup

from service.actors import Permission
from service.bench import defined, reasons
from service.bench.age import years_and_months
from service.bench.look import Look
from service.bench.marks import marks_json
from service.bench.ranking import RankingView
from service.bench.rows import rows_of
from service.bench.sheet import Bench
from service.bench.tray import left_of

#: Everything that follows from findings, in the order of the page.
PARTS = (
    "state",
    "notices",
    "note",
    "findings",
    "tray",
    "questions",
    "ranking",
    "genes",
    "tests",
    "signing",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page knows beside the look: `open` diseases show their evidence, `compared` lie side by side.

    `stood` is where each disease stood on the page (see service.bench.standing); `aside` are features that were asked
    about and are not known.
    """

    bench: Bench
    open: frozenset[str] = frozenset()
    compared: tuple[str, ...] = ()
    stood: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders looks by `templates`, with what every page is given in `common` (words, language, release)."""

    templates: Environment
    common: Mapping[str, Any]

    def page(self, name: str, look: Look, shown: Shown, **more: Any) -> str:  # noqa: ANN401
        """A whole page."""
        parts = {part: Markup(self._part(part, look, shown, more)) for part in PARTS}  # noqa: S704
        return self._render(name, look, shown, {**more, "parts": parts})

    def parts(self, look: Look, shown: Shown, names: Sequence[str] = PARTS, **more: Any) -> str:  # noqa: ANN401
        """The parts named, each to be morphed into the element of its id."""
        return "".join(
            f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{self._part(name, look, shown, more)}</hx-partial>'
            for name in names
        )

    def _part(self, name: str, look: Look, shown: Shown, more: Mapping[str, Any]) -> str:
        return self._render(f"bench/{name}.html", look, shown, more)

    def _render(self, template: str, look: Look, shown: Shown, more: Mapping[str, Any]) -> str:
        content = {
            **self.common,
            **more,
            "look": look,
            "sheet": look.sheet,
            "report": look.report,
            "shown": shown,
            "view": self._view(look, shown),
            "reasons": reasons,
            "defined": defined,
            "may_write": Permission.WRITE_CASES in look.sheet.may,
            "marks_json": marks_json,
            "rows_of": rows_of,
            "left_of": left_of,
            "years_and_months": years_and_months,
            "crc32": lambda text: f"{crc32(text.encode()):08x}",
        }
        return self.templates.get_template(template).render(content)

    def _view(self, look: Look, shown: Shown) -> RankingView:
        wording, definitions_of = self.common["wording"], self.common["definitions_of"]
        return RankingView(look, wording, definitions_of, shown.open, shown.compared, shown.stood)
