"""What a document is answered with."""

from __future__ import annotations

from pydantic import Field

from service.documents.document import Kind
from service.models.explanations import Answer


class DocumentAnswer(Answer):
    """A document's plain text, ready to be sent as a note, and what to know about how it was read."""

    text: str = Field(
        description="Lines as the document has them; a table's row is one line, its cells set off by colons and "
        "semicolons."
    )
    kind: Kind = Field(description="What the document is by its content, whatever the Content-Type said.")
    pages: int | None = Field(default=None, description="Of a PDF; other kinds have none of their own.")
    notices: list[str] = Field(
        default=[],
        description="What was decided, left out or not read, as sentences in the answer's language.",
    )
