"""No error can be added without a sentence for it in the catalogues: the source is read for what each one says."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import fields
from service.catalogues import DICTIONARIES, FIRST, names_in
from service.error_sentences import ERROR_SENTENCES
from service.problems import KINDS

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("ontology", "nlp", "facial", "matching", "service")
VALUE = "\0"
NAME = re.compile(r"\{\w+\}")

#: Modules whose errors are told on the command line or in the log alone, before or beside the service.
LEFT_OUT = {
    "ontology/compile": "the knowledge is compiled by a command",
    "ontology/knowledge.py": "the knowledge is opened before the service starts",
    "ontology/manifest.py": "as above; /readyz tells of it in a sentence of its own",
    "facial/detection.py": "the detector is opened as the facial process starts",
    "facial/measures/head.py": "as above; a photo is then declined with a reason of its own",
    "facial/models": "models are made by a command, and opened as above",
    "facial/norms/reference.py": "the reference is made by a command, and opened as above",
    "matching/genetic_tests/catalogues": "catalogues are imported by a command; a damaged one is told in the log",
    "matching/genetic_tests/plan.py": "only code in Python hands over arrays of its own",
    "matching/shift/profile.py": "a profile is a file of the package, or one that a command is given",
    "matching/genetic_tests/rows.py": "a table of the package, which its tests read",
    "service/cases/importing.py": "cases are imported by a command",
    "service/catalogues.py": "without catalogues of messages there is nothing to answer with",
    "service/gallery/exchange.py": "galleries are exported and imported by a command",
    "service/identity/demonstration.py": "made as the service starts",
    "service/identity/machine_tokens.py": "the settings are read before the service starts",
    "service/identity/operating.py": "accounts on the command line",
    "service/serve.py": "the service has not started",
    "service/settings.py": "the settings are read before the service starts",
    "service/store/archive.py": "backups are made and restored by a command",
    "service/store/backup.py": "as above",
    "service/store/examine.py": "as above",
    "service/store/migrate.py": "the database is migrated before the service starts",
    "service/store/postgres_tools.py": "backups are made and restored by a command",
    "service/store/present.py": "commands over a database that must be there",
    "service/store/restore.py": "backups are made and restored by a command",
    "service/vault/rotation.py": "keys are changed by a command",
    "service/vendor": "assets are fetched by a command",
}
#: Errors that are not answered so.
NOT_ANSWERED = {
    "AssetsError": "the service does not start",
    "CatalogueError": "the service does not start",
    "SettingsError": "the service does not start",
    "DocumentRefused": "told in the reader's language where it is caught",
}
#: Its table of sentences is gathered below.
OF_FIELDS = "service/fields.py"
TEXTS = ("detail", "what", "mend")


class UnclearError(Exception):
    """A text whose sentences cannot be told from the source."""


@dataclass(frozen=True)
class Module:
    """One file, and what its names stand for."""

    path: str
    tree: ast.Module

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        return {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, str]]:
        return {
            alias.asname or alias.name: (node.module.replace(".", "/") + ".py", alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    @cached_property
    def functions(self) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        found = (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return {node.name: node for node in found}

    @cached_property
    def calls(self) -> tuple[tuple[ast.Call, tuple[ast.AST, ...]], ...]:
        """Each call, and what it stands in, the innermost last."""

        def walk(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
            if isinstance(node, ast.Call):
                yield node, around
            inner = (
                (*around, node) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else around
            )
            for child in ast.iter_child_nodes(node):
                yield from walk(child, inner)

        return tuple(walk(self.tree, ()))


@cache
def modules() -> Mapping[str, Module]:
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {
        str(path.relative_to(ROOT)): Module(str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8")))
        for path in paths
    }


@cache
def error_classes() -> Mapping[str, tuple[str, ...]]:
    """The parameters of each error of the house by its name."""
    defined = [node for module in modules().values() for node in module.tree.body if isinstance(node, ast.ClassDef)]
    known = {
        "Fault": ("field", "what", "mend"),
        "PhenomapError": ("what", "mend"),
        "ProblemError": ("status", "detail"),
        "problem_response": ("status", "detail"),
        "_Refused": ("what",),
    }
    before = 0
    while before < len(known):
        before = len(known)
        for node in defined:
            base = next((b.id for b in node.bases if isinstance(b, ast.Name) and b.id in known), None)
            if base and node.name not in known:
                makers = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
                known[node.name] = names_of(makers[0]) if makers else known[base]
    return known


def names_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    names = tuple(each.arg for each in (*function.args.args, *function.args.kwonlyargs))
    return names[1:] if names[:1] == ("self",) else names


def arguments(call: ast.Call, names: Sequence[str]) -> dict[str, ast.expr]:
    given = dict(zip(names, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def texts(module: Module, around: Sequence[ast.AST], node: ast.expr) -> list[str]:
    """The sentences that an expression can be, VALUE where one is filled in; raises UnclearError."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Constant(value=None):
            return []
        case ast.JoinedStr(values=parts):
            return ["".join(each) for each in product(*(filled(module, around, part) for part in parts))]
        case ast.IfExp(body=one, orelse=other):
            return texts(module, around, one) + texts(module, around, other)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            return ["".join(each) for each in product(texts(module, around, one), texts(module, around, other))]
        case ast.Name(id=name):
            return named(module, around, name)
        case ast.Attribute(attr="what" | "mend" | "detail") | ast.Call(func=ast.Name(id="str")):
            return []  # of an error that is made elsewhere
        case ast.Call(func=ast.Name(id="refused")):
            return []  # service.documents.telling takes it from the catalogues
        case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get"), args=[_, otherwise]):
            return [*entries(module, around, table), *texts(module, around, otherwise)]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return returned(module, name)
    raise UnclearError(f"{module.path}:{node.lineno} {ast.unparse(node)}")


def filled(module: Module, around: Sequence[ast.AST], part: ast.expr) -> list[str]:
    if isinstance(part, ast.FormattedValue):
        inner = isinstance(part.value, ast.IfExp | ast.Constant | ast.JoinedStr)
        return texts(module, around, part.value) if inner else [VALUE]
    return texts(module, around, part)


def assigned(around: Sequence[ast.AST], name: str) -> list[ast.expr]:
    within = chain.from_iterable(ast.walk(node) for node in around if not isinstance(node, ast.ClassDef))
    return [
        node.value
        for node in within
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in targets(node))
    ]


def targets(node: ast.Assign) -> Iterator[ast.expr]:
    for each in node.targets:
        yield from each.elts if isinstance(each, ast.Tuple) else (each,)


def named(module: Module, around: Sequence[ast.AST], name: str) -> list[str]:
    if found := assigned(around, name):
        return list(chain.from_iterable(texts(module, around, each) for each in found))
    for at, node in enumerate(around):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name in names_of(node):
            owner = around[at - 1] if at else None
            passes_on = isinstance(owner, ast.ClassDef) and owner.name in error_classes()
            return [] if passes_on else given_to(module, node, name)
    if name in module.constants:
        return texts(module, (), module.constants[name])
    if name in module.imports and module.imports[name][0] in modules():
        path, theirs = module.imports[name]
        return named(modules()[path], (), theirs)
    raise UnclearError(f"{module.path}: {name}")


def given_to(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> list[str]:
    """What is passed to a function of the same module as `name`."""
    said = []
    for call, around in module.calls:
        if isinstance(call.func, ast.Name) and call.func.id == function.name:
            said += texts(module, around, arguments(call, names_of(function))[name])
    if not said:
        raise UnclearError(f"{module.path}: {name} of {function.name}")
    return said


def entries(module: Module, around: Sequence[ast.AST], table: str) -> Iterator[str]:
    for found in assigned(around, table):
        assert isinstance(found, ast.Dict)
        for value in found.values:
            yield from texts(module, around, value)


def returned(module: Module, name: str) -> list[str]:
    if name in module.imports:
        path, name = module.imports[name]
        module = modules()[path]
    if name not in module.functions:
        raise UnclearError(f"{module.path}: {name}()")
    function = module.functions[name]
    values = (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    return list(chain.from_iterable(texts(module, (function,), value) for value in values))


def made(module: Module) -> Iterator[str]:
    """Each sentence of each error that a module makes."""
    for call, around in module.calls:
        match call.func:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in error_classes():
                names = error_classes()[name]
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
                base = next((b.id for b in around[-2].bases if isinstance(b, ast.Name)), "")  # type: ignore[attr-defined]
                name, names = base, error_classes().get(base, ())
            case ast.Name(id="ValueError" as name) if module.path.startswith("service/models/"):
                names = ("what",)
            case _:
                continue
        if not NOT_ANSWERED.keys() & {name, *(node.name for node in around if isinstance(node, ast.ClassDef))}:
            given = arguments(call, names)
            for each in TEXTS:
                if each in given:
                    for text in texts(module, around, given[each]):
                        yield from text.split("\n")


@cache
def sentences() -> frozenset[str]:
    """All sentences that an answer can hold, VALUE where one is filled in."""
    found: set[str] = set()
    for path, module in modules().items():
        if not path.startswith(tuple(LEFT_OUT)) and path != OF_FIELDS:
            found.update(made(module))
    of_fields = chain.from_iterable((*fields._WORDS.values(), fields._OTHERWISE, (fields._SHORTER,)))
    titles = (kind.title for kind in KINDS.values())
    return frozenset(found | {NAME.sub(VALUE, each) for each in of_fields} | {*titles, "The first 100 are listed."})


@cache
def known() -> Mapping[str, str]:
    """The sentences of the catalogue of English by key, VALUE for each {name}."""
    return {
        key: NAME.sub(VALUE, text)
        for key, text in DICTIONARIES[FIRST].items()
        if key.startswith("fault.") and not key.startswith("fault.word.")
    }


def test_every_sentence_of_an_error_is_in_the_catalogues():
    assert len(sentences()) > 250
    assert sorted(sentences() - set(known().values())) == []


def test_no_sentence_is_there_that_no_error_has():
    assert sorted(key for key, sentence in known().items() if sentence not in sentences()) == []


def test_what_is_left_out_is_there():
    assert [path for path in (*LEFT_OUT, OF_FIELDS) if not (ROOT / path).exists()] == []


def test_no_two_keys_are_of_one_sentence():
    assert [sentence for sentence, times in Counter(known().values()).items() if times > 1] == []


@pytest.mark.parametrize(
    "value", ["7", "12,345", "HP:0001250", "/var/lib/a folder/keys", "a [b] c", "患者", "{x} or %s", "."]
)
def test_each_sentence_is_found_with_its_values_as_they_are(value):
    for key, sentence in known().items():
        found = ERROR_SENTENCES.found(sentence.replace(VALUE, value))
        assert found is not None
        assert found[0] == key
        assert set(found[1].values()) <= {value}
        assert set(found[1]) == names_in(DICTIONARIES[FIRST][key])


def test_names_are_plain_and_set_apart():
    """So that each value is found again: something stands between two, and none is formatted."""
    for language, words in DICTIONARIES.items():
        for key in known():
            assert set(re.findall(r"\{[^}]*\}", words[key])) == {f"{{{n}}}" for n in names_in(words[key]) or ()}, (
                language,
                key,
            )
    assert [key for key, sentence in known().items() if VALUE + VALUE in sentence] == []


@given(st.text(max_size=300))
def test_what_is_no_sentence_of_ours_stays_as_it_is(text):
    """Unless it is one of the forms by chance, which a sentence of that form makes again."""
    found = ERROR_SENTENCES.found(text)
    if found is None:
        assert ERROR_SENTENCES.told(text, "zh") == text
    else:
        assert DICTIONARIES[FIRST][found[0]].format(**found[1]) == text
