"""Every operation of an application, with a request that it takes, made from the application's own description."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

_ID = "^[0-9a-f]{32}$"
#: Makes the text of a field from its path in the body and its schema; None leaves what the description suggests.
Words = Callable[[str, Mapping[str, Any]], str | None]


def jpeg_of(words: bytes) -> bytes:
    """No picture, but laid out as a JPEG is: `words` in a segment that a decoder needs, so that they are kept."""
    return b"\xff\xd8\xff\xdb" + (len(words) + 2).to_bytes(2) + words + b"\xff\xd9"


JPEG = jpeg_of(b"a face " * 30)


@dataclass(frozen=True)
class Operation:
    """One method of one path: its path parameters, and the schema of its body where it takes JSON."""

    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    takes_photo: bool
    takes_document: bool
    components: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`GET /api/v1/cases`."""
        return f"{self.method} {self.path}"

    def at(self, ids: Mapping[str, str]) -> str:
        """The path with its parameters filled from `ids`, by `path:name` first, then by `name`."""
        filled = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                name = parameter["name"]
                value = ids.get(f"{self.path}:{name}", ids.get(name, "0" * 32))
                filled = filled.replace(f"{{{name}}}", value)
        return filled

    def sample(self, words: Words = lambda path, schema: None, *, every: bool = False) -> object:
        """A body it takes: the required fields, or with `every` all of them."""
        return None if self.body is None else _sample(self.body, self.components, words, every, "")

    def query(self) -> list[str]:
        """Names of its query parameters."""
        return [parameter["name"] for parameter in self.parameters if parameter["in"] == "query"]


def operations(app: FastAPI) -> list[Operation]:
    """Every operation that `app` describes, in its order."""
    document = app.openapi()
    return [
        _operation(method.upper(), path, described, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def _operation(method: str, path: str, described: Mapping[str, Any], components: Mapping[str, Any]) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    parameters = tuple(described.get("parameters", ()))
    return Operation(method, path, parameters, body, "image/jpeg" in content, "application/pdf" in content, components)


def _sample(schema: Mapping[str, Any], components: Mapping[str, Any], words: Words, every: bool, path: str) -> object:
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        options = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return _sample(
            {**options[0], **{k: v for k, v in schema.items() if k == "examples"}}, components, words, every, path
        )
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return dict(_fields(schema, components, words, every, path))
    if kind == "array":
        return [_sample(schema["items"], components, words, every, f"{path}[]")]
    if kind == "string":
        return words(path, schema) or _text(schema)
    return {"boolean": True, "integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.0)}.get(str(kind))


def _fields(
    schema: Mapping[str, Any], components: Mapping[str, Any], words: Words, every: bool, path: str
) -> Iterator[tuple[str, Any]]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if every or name in required:
            yield name, _sample(field, components, words, every, f"{path}.{name}".lstrip("."))


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("examples"):
        return str(schema["examples"][0])
    if schema.get("contentEncoding") == "base64":
        return base64.b64encode(JPEG).decode()
    if schema.get("format") == "date":
        return "2026-01-31"
    return "0" * 32 if schema.get("pattern") == _ID else "A text of some length."
