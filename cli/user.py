"""`phenomap user ...`: accounts, roles and departments, for whoever runs the service. No password is typed here."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cli.options import Commands
from cli.serve import add_settings_options, settings_of

if TYPE_CHECKING:
    from service.store.database import Work

T = TypeVar("T")
_ROLES = ("clinician", "second_reader", "screening_analyst", "administrator", "auditor")


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `user` and its commands."""
    top = commands.add_parser("user", help="accounts, their roles in departments, keys of machines")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, help: str, run: Callable[[argparse.Namespace], int], *words: str) -> argparse.ArgumentParser:
        added = inner.add_parser(name, help=help)
        for word in words:
            added.add_argument(word, choices=_ROLES if word == "role" else None)
        add_settings_options(added)
        added.set_defaults(run=run)
        return added

    first = command("first-administrator", "make the first administrator; prints a link for an hour", run_first, "name")
    first.add_argument("--department", default="Administration", help="where they administer (default: Administration)")
    added = command("add", "make an account; prints a link with which the person chooses a password", run_add, "name")
    added.add_argument("--machine", action="store_true", help="for a machine: it gets keys, and no password")
    added.add_argument("--subject", help="ISSUER|SUBJECT of an OpenID provider, instead of a password here")
    for each in (first, added):
        each.add_argument("--display-name", help="as others see it (default: the name)")
    reset = command("reset", "print a link with which a person chooses a new password", run_reset, "name")
    for each in (first, added, reset):
        each.add_argument("--url", default="http://127.0.0.1:8000", help="where the service is reached, for the link")
    command("list", "every account with its roles, a JSON object a line", run_list)
    command("grant", "give a role in a department", run_grant, "name", "department", "role")
    command("revoke", "take a role away", run_revoke, "name", "department", "role")
    key = command("key", "make a key for a machine's account; it is printed this once", run_key, "name")
    key.add_argument("--days", type=int, default=90, help="how long it holds (default: 90)")
    departments = inner.add_parser("department", help="departments").add_subparsers(metavar="COMMAND", required=True)
    new = departments.add_parser("add", help="make a department")
    new.add_argument("name")
    add_settings_options(new)
    new.set_defaults(run=run_department)


def run_first(chosen: argparse.Namespace) -> int:
    """Make the first administrator."""
    from service.identity import operating

    shown = chosen.display_name or chosen.name
    secret = _write(chosen, lambda c: operating.first_administrator(c, chosen.name, shown, chosen.department))
    return _print_link(chosen, secret, "within the hour")


def run_add(chosen: argparse.Namespace) -> int:
    """Make an account."""
    from service.identity import operating
    from service.identity.roles import Kind

    kind = Kind.MACHINE if chosen.machine else Kind.PERSON
    shown = chosen.display_name or chosen.name
    secret = _write(chosen, lambda c: operating.add(c, chosen.name, shown, kind, chosen.subject))
    if secret:
        return _print_link(chosen, secret, "within a day")
    print(f"{chosen.name} was made.")
    return 0


def run_reset(chosen: argparse.Namespace) -> int:
    """Print a link for a new password."""
    from service.identity import operating

    return _print_link(chosen, _write(chosen, lambda c: operating.reset(c, chosen.name)), "within a day")


def run_list(chosen: argparse.Namespace) -> int:
    """Print every account."""
    from service.identity import operating

    for each in _write(chosen, operating.listed):
        print(json.dumps(each, ensure_ascii=False))
    return 0


def run_grant(chosen: argparse.Namespace) -> int:
    """Give a role."""
    from service.identity import operating

    _write(chosen, lambda c: operating.grant(c, chosen.name, chosen.department, chosen.role))
    print(f"{chosen.name} is {chosen.role} in {chosen.department}.")
    return 0


def run_revoke(chosen: argparse.Namespace) -> int:
    """Take a role away."""
    from service.identity import operating

    _write(chosen, lambda c: operating.revoke(c, chosen.name, chosen.department, chosen.role))
    print(f"{chosen.name} is no longer {chosen.role} in {chosen.department}.")
    return 0


def run_key(chosen: argparse.Namespace) -> int:
    """Make a key."""
    from service.identity import operating

    new = _write(chosen, lambda c: operating.key(c, chosen.name, chosen.days))
    print(f"{new.key}\nIt holds until {new.expires:%Y-%m-%d} and is shown this once.")
    return 0


def run_department(chosen: argparse.Namespace) -> int:
    """Make a department."""
    from service.identity.accounts import create_department

    _write(chosen, lambda c: create_department(c, chosen.name))
    print(f"{chosen.name} was made.")
    return 0


def _write(chosen: argparse.Namespace, work: Work[T]) -> T:
    from service.opening import opened_database

    with opened_database(settings_of(chosen)) as database:
        return database.write(work)


def _print_link(chosen: argparse.Namespace, secret: str, until: str) -> int:
    print(f"Open once, {until}, and choose a password: {chosen.url.rstrip('/')}/sign-in#choose={secret}")
    return 0
