"""The bench as a browser meets it, without one: forms are sent, and the parts of the answer are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

_VOID = {"input", "link", "meta", "br", "img", "hr", "path"}


@dataclass
class Element:
    """An element of an answer with what it holds."""

    tag: str
    attributes: dict[str, str]
    holds: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Itself and all elements within, in their order."""
        yield self
        for each in self.holds:
            if isinstance(each, Element):
                yield from each

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        said = (each if isinstance(each, str) else each.text for each in self.holds)
        return " ".join(" ".join(said).split())

    def all(self, tag: str = "", **wanted: str | bool) -> list[Element]:
        """Elements within of a tag and of attributes (`class_`: one of its classes; True: there is one)."""
        return [each for each in self if tag in ("", each.tag) and all(each.has(*pair) for pair in wanted.items())]

    def one(self, tag: str = "", **wanted: str | bool) -> Element:
        """The only one."""
        (found,) = self.all(tag, **wanted)
        return found

    def has(self, name: str, value: str | bool) -> bool:
        """Whether an attribute is so."""
        if name == "class_":
            return value in self.attributes.get("class", "").split()
        given = self.attributes.get(name.replace("_", "-"))
        return (given is not None) is value if isinstance(value, bool) else given == value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].holds.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.open[-1].holds.append(data)


def read_html(text: str) -> Element:
    """The elements of an answer; each that is opened must be closed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


@dataclass
class Page:
    """A page of the bench in front of `client`: sends forms with what the page carries, and shows the last answer."""

    client: TestClient
    base: str = "/bench"
    language: str = "en"
    parts: Element = field(default_factory=lambda: Element("", {}))

    def send(self, action: str, status: int = 200, **fields: object) -> Page:
        """Send a form; the parts of the answer take the place of those before."""
        headers = {"HX-Request": "true", "Accept-Language": self.language}
        answer = self.client.post(f"{self.base}/{action}", data={**self.carried, **fields}, headers=headers)
        assert answer.status_code == status, answer.text
        if status == 200:
            self.parts = read_html(answer.text)
        return self

    def step(self, verb: str, term: str, status: int = 200, **fields: object) -> Page:
        """Send one step."""
        return self.send("step", status, verb=verb, term=term, **fields)

    @property
    def carried(self) -> dict[str, str]:
        """What the page sends along."""
        state = [each for part in self.parts.all(id="state") for each in part.all("input")]
        return {each.attributes["name"]: each.attributes["value"] for each in state}

    def rows(self) -> dict[str, Element]:
        """The findings by id, in their order."""
        return {row.attributes["data-id"]: row for row in self.parts.one(id="findings").all("li", class_="finding")}

    def struck(self) -> dict[str, Element]:
        """What was struck out, by id."""
        return {row.attributes["data-id"]: row for row in self.parts.one(id="findings").all("li", class_="struck")}

    def assertions(self) -> dict[str, str]:
        """What each finding is listed as."""
        return {id: row.attributes["data-assertion"] for id, row in self.rows().items()}


@pytest.fixture
def page(client: TestClient) -> Page:
    """A page where nothing is kept."""
    return Page(client)


@pytest.fixture
def reading(page: Page) -> Callable[..., Page]:
    """Reads a note on a new page."""

    def read(text: str, language: str = "en") -> Page:
        page.language = language
        return page.send("note", text=text)

    return read


@pytest.fixture
def options(client: TestClient) -> Callable[..., Element]:
    """What a search for terms answers with."""

    def search(q: str, language: str = "en", **fields: str) -> Element:
        answer = client.post("/bench/terms", data={"q": q, **fields}, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return read_html(answer.text)

    return search
