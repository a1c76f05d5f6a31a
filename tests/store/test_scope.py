"""No code of the service goes around the scope: whatever queries a departmental table names it to `scoped` or `may`.

Read statement by statement. Names made of tables are followed through assignments and loops; what a function returns
is not, so conditions built elsewhere count for where they are used.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import service
from service.store import tables

DEPARTMENTAL = {name for name, value in vars(tables).items() if any(value is table for table in tables.DEPARTMENTAL)}
SCOPING = {"scoped", "may"}
QUERYING = {"select", "update", "delete", "exists", "join", "outerjoin", "select_from", "subquery", "lateral"}
RAW = {"text", "exec_driver_sql"}
#: Functions that may query without an actor: by file, with the reason.
ALLOWED = {
    # the row was read through scope by the caller, in the same transaction
    "cases/desk.py": {"touch"},
    "cases/opening.py": {"_keep_patient", "_keep_known"},
    "consent/consent.py": {"give", "withdraw", "consents"},
    # erasure and retention run for the system, or after a check by the caller
    "consent/retention.py": {"set_until", "due", "erase", "_emptied"},
    # a face is compared with all that the hospital has seen; who sees and changes which row is checked by the callers
    "gallery/rows.py": {"put", "rows", "faces", "take_out", "remove"},
    "gallery/exchange.py": {"_may_leave"},
    # the line of tasks is the system's own; the case itself is read as the account that sent it
    "tasks/line.py": {"claim", "requeue_lost", "untold", "called", "_become"},
}
TABLES_MODULE = "service.store.tables"


class Lint:
    """Reads one module. A `local` is known to be scoped for tables, or to be made of tables and not yet scoped."""

    def __init__(self, source, taking_tables=frozenset()):
        self.tree = ast.parse(source)
        self.taking_tables = taking_tables
        self.names, self.modules, self.faults = {}, set(), []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module == TABLES_MODULE:
                for alias in node.names:
                    if alias.name in DEPARTMENTAL:
                        self.names[alias.asname or alias.name] = alias.name
                    elif alias.name in {"metadata", "DEPARTMENTAL", "*"}:
                        self.faults.append(("", node.lineno, f"imports {alias.name}: every table"))
            elif isinstance(node, ast.ImportFrom) and node.module == "service.store":
                self.modules |= {alias.asname or alias.name for alias in node.names if alias.name == "tables"}
            elif isinstance(node, ast.Import):
                self.modules |= {alias.asname for alias in node.names if alias.name == TABLES_MODULE and alias.asname}
        self._block(self.tree.body, "", dict(self.names), defaultdict(set), defaultdict(set))

    def _block(self, body, where, names, scoped, made):
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inside = names | {argument: argument for argument in table_parameters(statement)}
                of = [*statement.decorator_list, *statement.args.defaults]
                self._unit(of, statement, where or statement.name, inside, scoped, made)
                self._block(statement.body, where or statement.name, inside, copied(scoped), copied(made))
            elif isinstance(statement, ast.ClassDef):
                for inner in statement.body:
                    self._block([inner], "", names, scoped, made)
            else:
                parts = [
                    part
                    for part in ast.iter_child_nodes(statement)
                    if not isinstance(part, (ast.stmt, ast.excepthandler, ast.match_case))
                ]
                self._unit(parts, statement, where or target_of(statement), names, scoped, made)
                for field in ("body", "orelse", "finalbody"):
                    self._block(getattr(statement, field, []), where, names, scoped, made)
                for handler in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                    self._block(handler.body, where, names, scoped, made)

    def _unit(self, parts, statement, where, names, scoped, made):
        nodes = [node for part in parts for node in ast.walk(part)]
        names |= self._looped(statement, nodes, names)  # for the body of a loop, too
        parents = {id(child): node for node in nodes for child in ast.iter_child_nodes(node)}
        mentions = [(node, table) for node in nodes if (table := self._table(node, names))]
        loaded = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        here = {table for node, table in mentions if called(parents.get(id(node))) in SCOPING}
        here |= {table for name in loaded for table in scoped[name]}
        every = {table for _, table in mentions} | {table for name in loaded for table in made[name]}
        querying = any(called(node) in QUERYING for node in nodes)
        for table in sorted(every - here) if querying else ():
            self.faults.append((where, statement.lineno, f"queries {table} without scope"))
        if not querying:
            for node, table in mentions:
                if table not in here and not self._harmless(node, parents):
                    self.faults.append((where, statement.lineno, f"hands {table} on"))
        for node in nodes:
            words = (
                " ".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
                if called(node) in RAW
                else ""
            )
            for table in tables.DEPARTMENTAL:
                if table.name in words.replace('"', " ").replace(",", " ").replace("(", " ").split():
                    self.faults.append((where, statement.lineno, f"names {table.name} in SQL of its own"))
            if called(node) == "getattr" and any(isinstance(n, ast.Name) and n.id in self.modules for n in node.args):
                self.faults.append((where, statement.lineno, "looks tables up by name"))
        for name in targets_of(statement, nodes):
            scoped[name] |= here
            made[name] |= every - here

    def _looped(self, statement, nodes, names):
        """Names that stand for one table after another."""
        loops = [node for node in (statement, *nodes) if isinstance(node, (ast.For, ast.comprehension))]
        return {
            loop.target.id: loop.target.id
            for loop in loops
            if isinstance(loop.target, ast.Name)
            and isinstance(loop.iter, (ast.Tuple, ast.List))
            and any(self._table(node, names) for node in loop.iter.elts)
        }

    def _table(self, node, names):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return names.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return (
                node.attr
                if node.attr in DEPARTMENTAL
                else "metadata"
                if node.attr in {"metadata", "DEPARTMENTAL"}
                else None
            )
        return None

    def _harmless(self, node, parents):
        """A column in a condition, an insertion, an identity, an alias, or handed to what scopes it in turn."""
        parent = parents.get(id(node))
        while isinstance(parent, (ast.Tuple, ast.List, ast.Dict)):
            parent = parents.get(id(parent))
        if parent is None or isinstance(parent, ast.comprehension):  # assigned or looped over: followed by its name
            return True
        if isinstance(parent, ast.Attribute):
            return parent.attr in {"c", "insert", "name"}
        if isinstance(parent, ast.Compare):
            return all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in parent.ops)
        return called(parent) in SCOPING | {"insert"} | self.taking_tables


def copied(of):
    return defaultdict(set, {name: set(values) for name, values in of.items()})


def called(node):
    """The last name of what is called: `select` in select(x) and in sa.select(x)."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)


def table_parameters(function):
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return {argument.arg for argument in every if argument.annotation and ast.unparse(argument.annotation) == "Table"}


def target_of(statement):
    target = getattr(statement, "target", None) or (getattr(statement, "targets", None) or [None])[0]
    return target.id if isinstance(target, ast.Name) else ""


def targets_of(statement, nodes):
    """Names that take up what the statement mentions: assigned, or appended to."""
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    grown = {
        n.func.value.id
        for n in nodes
        if isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and isinstance(n.func.value, ast.Name)
        and n.func.attr in {"append", "extend", "insert", "update", "add"}
    }
    return (
        stored | grown
        if isinstance(
            statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.With | ast.For | ast.If | ast.While
        )
        else stored
    )


def modules():
    root = Path(service.__file__).parent
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
        if not path.is_relative_to(root / "store")
    }


def faults_of(sources):
    taking = {
        node.name
        for source in sources.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and table_parameters(node)
    }
    return [
        f"service/{name}:{line} {where}: {what}"
        for name, source in sources.items()
        for where, line, what in Lint(source, frozenset(taking)).faults
        if where not in ALLOWED.get(name, ())
    ]


def test_no_code_of_the_service_goes_around_the_scope():
    sources = modules()
    assert any("scoped(" in source for source in sources.values())
    assert faults_of(sources) == []


def test_every_exception_to_it_is_still_needed():
    found = {
        name: {where for where, _, _ in Lint(source).faults} for name, source in modules().items() if name in ALLOWED
    }
    assert {name: wheres & ALLOWED[name] for name, wheres in found.items()} == ALLOWED


HEAD = "from sqlalchemy import *\nfrom service.store import tables\nfrom service.store.tables import case, note as n\n"


@pytest.mark.parametrize(
    "planted",
    [
        "def f(c): return c.execute(select(case)).all()",
        "def f(c): return c.execute(select(tables.note)).all()",
        "def f(c): return c.execute(select(n.c.id)).all()",
        "def f(c): c.execute(update(case).values(status='signed'))",
        "def f(c): c.execute(case.update().where(case.c.id == 'x'))",
        "def f(c): c.execute(delete(n))",
        "def f(c): return c.scalar(select(func.count()).select_from(case))",
        "def f(c, a):\n    row = c.execute(scoped(a, P, case)).one()\n    c.execute(update(n).where(n.c.id == row))",
        "def f(c, a): return c.execute(select(n).where(may(a, P, case), n.c.case == case.c.id))",
        "def f(c):\n    where = [case.c.status == 'draft']\n    return c.execute(select(func.count()).where(*where))",
        "def f(c):\n    w = []\n    w.append(case.c.sex == 'f')\n    return c.execute(select(func.count()).where(*w))",
        "def f(c):\n    t = case\n    return c.execute(select(t))",
        "def f(c):\n    for t in (case, n):\n        c.execute(select(t))",
        "def f(c): return helper(c, case)",
        "def f(c): return [helper(c, t) for t in (case, n)]",
        "def f(c):\n    for t in (case, n):\n        helper(c, t)",
        "def f(c): return {t.name: c.execute(select(t)) for t in [case]}",
        "def f(c, table: Table): return c.execute(select(table))",
        "def f(c): return c.execute(text('SELECT * FROM case_'))",
        "def f(c): return c.exec_driver_sql('DELETE FROM note')",
        "def f(c): return c.execute(select(getattr(tables, 'ca' + 'se')))",
        "def f(c): return c.execute(select(tables.metadata.tables['case_']))",
        "from service.store.tables import metadata",
        "class A:\n    def f(self, c):\n        if c.execute(select(case)).first():\n            pass",
        "async def f(lane):\n    return await lane.run(lambda c: c.execute(select(case)).all())",
        "def f(c):\n    def work(c):\n        return c.execute(select(case))\n    return work",
        "f = lambda c: c.execute(select(case))",
    ],
)
def test_the_lint_finds_what_goes_around(planted):
    assert Lint(HEAD + planted).faults


@pytest.mark.parametrize(
    "sound",
    [
        "def f(c, a): return c.execute(scoped(a, P, case, case.c.id == 'x')).first()",
        "def f(c, a): c.execute(update(n).where(may(a, P, n), n.c.id == 'x'))",
        "def f(c, a):\n    mine = may(a, P, n)\n    c.execute(delete(n).where(mine, n.c.id == 'x'))",
        "def f(c, a):\n    query = scoped(a, P, case)\n    return c.execute(query.order_by(case.c.changed))",
        "def f(c, a):\n    where = [case.c.status == 'draft']\n    return c.execute(scoped(a, P, case, *where))",
        "def f(c): c.execute(case.insert().values(id='x'))",
        "def f(c): c.execute(insert(n).values(id='x'))",
        "def f(c, a, table: Table): return c.execute(scoped(a, P, table))",
        "def f(c): return c.execute(select(tables.account))",
        "def f(table): return 'x' if table is case else 'y'",
        "def f(c, a, d): return {t.name: c.execute(scoped(a, P, t)) for t in (case, n)}",
    ],
)
def test_and_nothing_else(sound):
    assert Lint(HEAD + sound).faults == []
