"""Photos of an archive: read below the folder that was named, and set aside with a reason where that cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from facial.reading import PhotoReading
from matching.case import Case, Photo
from ontology.errors import InputError
from screening.bench import Bench
from screening.history import History, HistoryPhoto
from screening.layout import Pseudonyms
from screening.record import Reason
from screening.spool import Spool


class Seeing:
    """Takes whatever begins as a photo."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, int | None]] = []

    def photo(self, photo: Photo, sex, age_days) -> PhotoReading:
        if not photo.content.startswith(b"photo"):
            raise InputError("photo", "This is no photo.", "Send a JPEG.")
        self.seen.append((photo.content, age_days))
        return PhotoReading()


@pytest.fixture
def look(setting, assessor, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "face.jpg").write_bytes(b"photo of a face")
    (tmp_path / "photos" / "text.jpg").write_bytes(b"no photo")
    (tmp_path / "secret.jpg").write_bytes(b"photo outside")

    def looked(*paths: str, base: Path | None = tmp_path / "photos"):
        seeing = Seeing()
        bench = Bench(replace(setting, photos=base), assessor, seeing, Spool(tmp_path, 1), Pseudonyms(b"k" * 32))
        photos = tuple(HistoryPhoto(path, f"rows:{at}", 400) for at, path in enumerate(paths, 1))
        readings, aside = bench.photos(History(Case(""), (), photos, (), None, None))
        return readings, [(each.origin, each.reason) for each in aside], seeing.seen

    return looked


def test_a_photo_is_read_with_the_age_when_it_was_taken(look):
    readings, aside, seen = look("face.jpg")
    assert (len(readings), aside, seen) == (1, [], [(b"photo of a face", 400)])


@pytest.mark.parametrize("path", ["absent.jpg", "../secret.jpg", "/etc/hostname", "", "\0"])
def test_what_is_not_below_the_folder_is_set_aside(look, path):
    assert look(path)[:2] == ((), [("rows:1", Reason.PHOTO_NOT_FOUND)])


def test_what_is_no_photo_is_set_aside_and_the_others_are_read(look):
    readings, aside, _ = look("text.jpg", "face.jpg")
    assert (len(readings), aside) == (1, [("rows:1", Reason.PHOTO_NOT_USED)])


def test_photos_are_left_alone_where_nobody_asks_for_them(look):
    assert look("face.jpg", base=None) == ((), [], [])
