"""The reference of the benchmark corpora: what the texts that the accuracy figures were measured on look like.

They are no hospital's archive. English: abstracts and vignettes of published case reports (GSC+, Zankl, RAG-HPO,
PhenoBERT's validation set), 55 notes of 200 words cut from case reports, and 58 full papers. Nearly all tell of one
patient with a rare disease, edited for print: denser in findings, tidier, and longer or shorter than what a ward
writes. Chinese: 36 single sentences written by the project. So a Chinese archive will be told that its language has
shifted, and rightly: the figures measured on English texts do not speak for it.

There are no photos among them (the open face corpora are portraits of healthy people), so photo quality is compared
with a site's own first month only. `reference.json` beside this file is written by
`python -m benchmarks.shift_reference ../shared/data > matching/shift/reference.json` and holds counts alone, with the
sha256 of every source.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from matching.shift.profile import Profile

REFERENCE_FILE = Path(__file__).with_name("reference.json")


@lru_cache(maxsize=1)
def corpora() -> Profile:
    """The profile of the benchmark corpora; raises InputError where the file is damaged."""
    return Profile.loads(REFERENCE_FILE.read_text(encoding="utf-8"))
