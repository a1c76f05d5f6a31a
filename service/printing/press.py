"""PDFs of printed sheets, made by Typst in memory: PDF/A-2a and PDF/UA-1, with the glyphs used of one embedded font.

The font is that of the package `manimgx-fonts-cjk` (Noto Sans CJK, SIL OFL 1.1), found and never imported, or one that
the site's settings name. Typst fetches nothing, knows no other font, and reads no file but the sheets given to it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontology.errors import PhenomapError
from service.printing.glyphs import BOX, Legible, characters_of

if TYPE_CHECKING:
    import typst

_LOG = logging.getLogger("phenomap.service")
_PACKAGE = "manimgx_fonts_cjk"
_FILE = "NotoSansCJK-VF.otf.ttc"
#: SHA-256 of Noto Sans CJK 2.004, variable, all regions, as the package of 2026-09-26 carries it.
_SHA256 = "d3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32"
FAMILY = "Noto Sans CJK SC"
#: The same design with quotation marks and dots as wide as Latin letters want them, for sheets in English.
LATIN = "Noto Sans CJK KR"


#: What the sheets and the words around what was shown are made of, beside ASCII; the last are for any Chinese font.
_NEEDED = frozenset(map(ord, f"{BOX}“”−×○–·…、。（）：中文签署疾病"))


class PressMissing(PhenomapError):
    """No PDF can be made here."""


class PressFailed(PhenomapError):
    """A PDF could not be made of this content."""


@dataclass(frozen=True, slots=True)
class Press:
    """Makes PDFs in one font. It may be used by several threads at once: Typst holds no lock of Python's."""

    family: str
    latin: str
    characters: frozenset[int]
    _fonts: typst.Fonts
    _sheets: Mapping[str, bytes]

    @classmethod
    def open(cls, font: Path | None = None, family: str = FAMILY) -> Press:
        """With the font of the package, or the `family` in the file `font`; raises PressMissing."""
        import typst

        path = (font or _packaged()).resolve()
        fonts = typst.Fonts(False, False, [str(path.parent)])
        faces = {face.family: face.index for face in fonts.fonts() if face.path == str(path)}
        if family not in faces:
            raise PressMissing(f"{path.name} holds no font {family}.", "Name a font and its family in the settings.")
        try:
            characters = characters_of(path, faces[family])
        except (OSError, ValueError) as error:
            raise PressMissing(f"The font {path.name} cannot be read.", "Name another in the settings.") from error
        if _NEEDED - characters:
            raise PressMissing(f"The font {path.name} lacks Chinese characters.", "Name another in the settings.")
        folder = files("service.printing") / "sheets"
        sheets = {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(".typ")}
        return cls(family, LATIN if LATIN in faces else family, characters, fonts, sheets)

    def legible(self) -> Legible:
        """What makes text legible in this font."""
        return Legible(self.characters)

    def pdf(self, sheet: str, content: Mapping[str, Any]) -> bytes:
        """The sheet `NAME.typ` with `content`, all of it legible; raises PressFailed."""
        import typst

        data = json.dumps({**content, "family": self.family, "latin": self.latin}, ensure_ascii=False).encode()
        # its stub knows no files by name, its documentation does
        parts: Any = {**self._sheets, "main.typ": self._sheets[f"{sheet}.typ"], "content.json": data}
        try:
            # for filing (ISO 19005-2, with tags) and for screen readers (ISO 14289-1); both refuse text without a glyph
            made: bytes = typst.compile(
                parts, format="pdf", font_paths=self._fonts, ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"]
            )
        except typst.TypstError:  # its message may hold the patient's words
            _LOG.error("the sheet %s could not be made into a PDF", sheet)
            raise PressFailed("The PDF could not be made.", "Print the page instead.") from None
        return made


@lru_cache(maxsize=2)
def press_of(font: Path | None, family: str) -> Press:
    """The press with this font, opened once; raises PressMissing."""
    return Press.open(font, family)


def _packaged() -> Path:
    """The font of the package; raises PressMissing where it is not there, or not the one that was checked here."""
    found = find_spec(_PACKAGE)
    folder = Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None
    if folder is None or not (path := folder / _FILE).is_file():
        mend = "Install manimgx-fonts-cjk, or name a font with Chinese characters in the settings (print_font)."
        raise PressMissing("There is no font to make PDFs with.", mend)
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        raise PressMissing(f"The font {_FILE} is not the one that was checked.", "Install manimgx-fonts-cjk anew.")
    return path
