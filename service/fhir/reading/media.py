"""Media: a photo of the patient. Whether it may be kept is asked where it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from facial.metadata import without_metadata
from ontology.errors import InputError
from service.fhir.issues import Issue, notice
from service.fhir.reading.attachments import media_type, picture
from service.fhir.reading.context import Context
from service.fhir.reading.items import Item, Json, Picture, Withdrawn
from service.problems import Fault

_TAKEN = ("image/jpeg", "image/png", "image/webp", "")


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A photo, without what its file tells beside the picture."""
    if resource.get("status") == "entered-in-error":
        yield Withdrawn(path)
        return
    at = f"{path}.content"
    if media_type(resource["content"]) not in _TAKEN:
        what = "This is no photo that is read here."
        yield notice(Fault(field=f"{at}.contentType", what=what, mend="Send a JPEG or PNG file."), "not-supported")
        return
    for item in picture(resource["content"], at, context):
        if isinstance(item, Picture):
            try:
                yield Picture(without_metadata(item.content), item.path)
            except InputError as error:
                yield Issue(Fault(field=at, what=error.what, mend=error.mend), code="value")
        else:
            yield item
