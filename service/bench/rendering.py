"""A look as HTML: the whole page, or the parts of it that a change may have touched.

Each part is a template `bench/NAME.html` whose one element has the id `NAME`. Parts are sent as htmx's partials and
morphed into the page, so that focus, scrolling and what is being typed stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
FOLLOWING = (
    "notices",
    "note",
    "photos",
    "findings",
    "tray",
    "questions",
    "ranking",
    "genes",
    "tests",
    "signing",
)
#: With the state, which travels in every form.
PARTS = ("state", *FOLLOWING)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page knows beside the look: `open` diseases show their evidence, `compared` lie side by side.

    `stood` is where each disease stood on the page (see service.bench.standing); `aside` are features that were asked
    about and are not known. `has` are the digests of the parts that the page shows, by their names.
    """

    bench: Bench
    open: frozenset[str] = frozenset()
    compared: tuple[str, ...] = ()
    stood: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    has: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders looks by `templates`, with what every page is given in `common` (words, language, release)."""

    templates: Environment
    common: Mapping[str, Any]

    def page(self, name: str, look: Look, shown: Shown, **more: Any) -> str:  # noqa: ANN401
        """A whole page."""
        made = {part: self._part(part, look, shown, more) for part in FOLLOWING}
        digests = {part: _input_of(part, look) or crc(text) for part, text in made.items()}
        made["state"] = self._part("state", look, shown, {**more, "digests": digests})
        parts = {part: Markup(text) for part, text in made.items()}  # noqa: S704
        return self._render(name, look, shown, {**more, "parts": parts})

    def parts(self, look: Look, shown: Shown, names: Sequence[str] = FOLLOWING, **more: Any) -> str:  # noqa: ANN401
        """The parts named that are not what the page shows already, each to be morphed into the element of its id.

        With them comes the state, which says what the page shows then.
        """
        digests, new = dict(shown.has), dict[str, str]()
        for name in names:
            known = _input_of(name, look)
            if known and shown.has.get(name) == known:
                continue
            text = self._part(name, look, shown, more)
            digests[name] = known or crc(text)
            if shown.has.get(name) != digests[name]:
                new[name] = text
        new["state"] = self._part("state", look, shown, {**more, "digests": digests})
        return "".join(
            f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{text}</hx-partial>' for name, text in new.items()
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
            "crc32": crc,
        }
        return self.templates.get_template(template).render(content)

    def _view(self, look: Look, shown: Shown) -> RankingView:
        wording, definitions_of = self.common["wording"], self.common["definitions_of"]
        return RankingView(look, wording, definitions_of, shown.open, shown.compared, shown.stood)


def _input_of(part: str, look: Look) -> str | None:
    """Tells a part by what it is made of, where that is quicker than to make it; None for the others."""
    if part != "tray":
        return None
    return crc(repr((look.unread, look.sheet.may, [note.text for note in look.sheet.case.notes])))


def crc(text: str) -> str:
    """Tells one text from another, for the page's own use: eight hexadecimal digits."""
    return f"{crc32(text.encode()):08x}"
