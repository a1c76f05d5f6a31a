"""The OpenAPI document, with the one error shape in it, and its operations as a list for the page at /docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.models.faces import DescribeInput, ExplainPhotoInput
from service.models.inputs import PhotoInput
from service.problems import Problem

_DESCRIPTION = (
    "Notes to HPO terms to ranked diseases to genetic tests, with every reason shown. "
    "Research software, not a medical device: every answer is a draft, and a clinician decides. "
    "Nothing of a patient is kept, but by the routes about kept cases: sealed, each view and change in an audit trail."
)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, PhotoInput, DescribeInput, ExplainPhotoInput):
            described = model.model_json_schema(ref_template="#/components/schemas/{model}")
            components.update(described.pop("$defs", {}))
            components[model.__name__] = described
        app.openapi_schema = schema
    return app.openapi_schema


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an input or answer, or one parameter."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as /docs shows it."""

    method: str
    path: str
    summary: str
    parameters: tuple[Field, ...]
    taken: str | None
    answered: str | None
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One input or answer as /docs shows it; `words` are those of an enumeration."""

    name: str
    description: str
    words: tuple[str, ...]
    fields: tuple[Field, ...]


def operations(schema: dict[str, Any]) -> list[Operation]:
    """Every operation of an OpenAPI document, in its order."""
    return [
        Operation(
            method.upper(),
            path,
            described.get("description", described.get("summary", "")),
            tuple(_parameter(given) for given in described.get("parameters", ())),
            _name(described.get("requestBody", {})),
            _name(described["responses"].get("200", {})),
            tuple(sorted(described["responses"])),
        )
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]


def models(schema: dict[str, Any]) -> list[Model]:
    """Every input and answer of an OpenAPI document, by name."""
    return [
        Model(name, given.get("description", ""), tuple(given.get("enum", ())), _fields(given))
        for name, given in sorted(schema["components"]["schemas"].items())
    ]


def _fields(model: dict[str, Any]) -> tuple[Field, ...]:
    required = set(model.get("required", ()))
    return tuple(
        Field(name, kind_of(given), name in required, given.get("description", ""))
        for name, given in model.get("properties", {}).items()
    )


def kind_of(given: dict[str, Any]) -> str:
    """A schema in a few words: `array of StatedFeature`, `string or null`."""
    if "$ref" in given:
        return str(given["$ref"]).rpartition("/")[2]
    if "anyOf" in given:
        return " or ".join(kind_of(each) for each in given["anyOf"] if each.get("type") != "null")
    if given.get("type") == "array":
        return f"array of {kind_of(given.get('items', {}))}"
    if "enum" in given:
        return " | ".join(str(word) for word in given["enum"])
    return str(given.get("format") or given.get("type", "any"))


def _parameter(given: dict[str, Any]) -> Field:
    description = given.get("description") or given["schema"].get("description", "")
    return Field(given["name"], kind_of(given["schema"]), given.get("required", False), description)


def _name(with_content: dict[str, Any]) -> str | None:
    content = with_content.get("content", {}).get("application/json")
    return kind_of(content["schema"]) if content else None
