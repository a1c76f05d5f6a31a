"""`phenomap tests list|show|use`: what is kept of catalogues, one catalogue or test, and which version is in use."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.options import Commands, add_knowledge_option

if TYPE_CHECKING:
    from matching.genetic_tests.catalogue import CatalogueTest
    from matching.genetic_tests.catalogues.shelf import Shelved


def add_list(inner: Commands[argparse.ArgumentParser]) -> None:
    """Add `list`."""
    command = inner.add_parser("list", help="the catalogues that are kept, their versions, and those in use")
    command.add_argument("--verify", action="store_true", help="compare every file with its checksum")
    _common(command)
    command.set_defaults(run=run_list)


def add_show(inner: Commands[argparse.ArgumentParser]) -> None:
    """Add `show`."""
    command = inner.add_parser("show", help="one test by its code, or one catalogue by its name")
    command.add_argument("of", metavar="CODE|NAME")
    command.add_argument("--unresolved", action="store_true", help="of a catalogue, every gene that was not found")
    _common(command)
    command.set_defaults(run=run_show)


def add_use(inner: Commands[argparse.ArgumentParser]) -> None:
    """Add `use`."""
    command = inner.add_parser("use", help="put a kept version in use, or take a catalogue out of use")
    command.add_argument("name", metavar="NAME")
    command.add_argument("version", nargs="?", metavar="VERSION", help="default: the newest")
    command.add_argument("--none", action="store_true", help="take it out of use; its versions stay kept")
    _common(command)
    command.set_defaults(run=run_use)


def _common(command: argparse.ArgumentParser) -> None:
    add_knowledge_option(command)
    command.add_argument("--json", action="store_true", help="as one JSON object")


def run_list(chosen: argparse.Namespace) -> int:
    """Print every version; 1 where one cannot be read, or with --verify where a file does not match."""
    from matching.genetic_tests.catalogues.kept_names import kept_names
    from matching.genetic_tests.catalogues.opening import generic_catalogue
    from matching.genetic_tests.catalogues.shelf import damaged, shelved
    from ontology.knowledge import root_folder

    root = root_folder(chosen.knowledge)
    versions = shelved(root)
    broken = [str(folder) for folder in damaged(root)]
    names = kept_names(root)
    generic = generic_catalogue()
    built_in = not any(each.in_use for each in versions)
    if chosen.verify:
        for each in versions:
            each.kept.verify(each.folder, whole=True)
    if chosen.json:
        told = {
            "catalogues": [_told(each) for each in versions],
            "generic": {"name": generic.name, "tests": len(generic.tests), "in_use": built_in},
            "gene_names": asdict(names) if names else None,
            "damaged": broken,
        }
        print(json.dumps(told, ensure_ascii=False))
        return 1 if broken else 0
    for each in versions:
        kept = each.kept
        print(
            f"{'in use' if each.in_use else '':<8}{kept.name} {kept.version}  {kept.format}, {kept.counts['tests']:,} "
            f"tests, {kept.counts['genes']:,} genes, {kept.counts['unresolved_genes']:,} names unresolved; "
            f"{kept.source}, imported {kept.imported}"
        )
    print(f"{'in use' if built_in else '':<8}{generic.name} {generic.version}  {len(generic.tests)} assays by modality")
    if names:
        print(f"gene names: {names.genes:,} of {names.source}, imported {names.imported}, sha256 {names.sha256}")
    else:
        print("gene names: the release's and the packaged ones; an HGNC table adds all others (import --gene-names)")
    for folder in broken:
        print(f"DAMAGED {folder}")
    return 1 if broken else 0


def run_show(chosen: argparse.Namespace) -> int:
    """Print a catalogue or a test; raises CatalogueUnknown where neither goes by that name."""
    from matching.genetic_tests.catalogues.faults import CatalogueUnknown
    from matching.genetic_tests.catalogues.opening import generic_catalogue, open_catalogue
    from matching.genetic_tests.catalogues.shelf import shelved
    from ontology.knowledge import root_folder

    root = root_folder(chosen.knowledge)
    versions = [each for each in shelved(root) if each.kept.name == chosen.of]
    if versions:
        shown = next((each for each in versions if each.in_use), versions[0])
        _show_unresolved(shown, chosen.json) if chosen.unresolved else _show_catalogue(shown, chosen.json)
        return 0
    catalogue = open_catalogue(root) or generic_catalogue()
    if chosen.of == catalogue.name:
        found = list(catalogue.tests)
    else:
        found = [test for test in catalogue.tests if chosen.of in (test.code, test.code.partition(":")[2])]
    if not found:
        raise CatalogueUnknown(f"No catalogue and no test in use is called {chosen.of[:60]!r}.", "See `tests list`.")
    for test in found:
        _show_test(test, catalogue.currency, chosen.json)
    return 0


def run_use(chosen: argparse.Namespace) -> int:
    """Change what is in use."""
    from matching.genetic_tests.catalogues.shelf import put_away, use
    from ontology.knowledge import root_folder

    root = root_folder(chosen.knowledge)
    if chosen.none:
        put_away(root, chosen.name)
        print(json.dumps({"name": chosen.name, "in_use": None}) if chosen.json else f"{chosen.name} is not in use")
        return 0
    kept = use(root, chosen.name, chosen.version).kept
    told = {"name": kept.name, "in_use": kept.version}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else f"{kept.name} {kept.version} is in use")
    return 0


def _told(each: Shelved) -> dict[str, object]:
    content = asdict(each.kept)
    content.pop("files")
    return content | {"in_use": each.in_use, "folder": str(each.folder)}


def _show_catalogue(shown: Shelved, as_json: bool) -> None:
    from matching.genetic_tests.catalogues.kept import open_version

    kept, catalogue = open_version(shown.folder)
    if as_json:
        print(json.dumps(_told(shown) | {"tests": [asdict(test) for test in catalogue.tests]}, ensure_ascii=False))
        return
    print(f"{kept.name} {kept.version}, {'in use' if shown.in_use else 'not in use'}, in {shown.folder}")
    print(f"source     {kept.source}, {kept.format}, {kept.encoding}, sha256 {kept.sha256}, imported {kept.imported}")
    print(f"genes      by {kept.release}, {'an HGNC table' if kept.gene_names else 'no HGNC table'}")
    for option, value in kept.options.items():
        print(f"{option:<10} {', '.join(value) if isinstance(value, list) else value}")
    for kind, count in kept.counts.items():
        print(f"{count:>10,} {kind.replace('_', ' ')}")
    for what, rows in (("left out", kept.left_out), ("passed over", kept.passed_over)):
        for number, said in rows:
            print(f"{what}, line {number}: {said}")
    for test in catalogue.tests:
        print(f"{test.code}\t{test.modality}\t{len(test.genes)}\t{test.name}")


def _show_unresolved(shown: Shelved, as_json: bool) -> None:
    from matching.genetic_tests.catalogues.kept import read_lost

    lost = read_lost(shown.folder)
    if as_json:
        kept = shown.kept
        rows = [asdict(each) for each in lost]
        print(json.dumps({"name": kept.name, "version": kept.version, "unresolved": rows}, ensure_ascii=False))
        return
    for each in lost:
        print(f"line {each.number}\t{each.code}\t{each.written}\t{each.why}")


def _show_test(test: CatalogueTest, currency: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(test) | {"currency": currency}, ensure_ascii=False))
        return
    print(f"{test.code}  {test.name}")
    print(f"modality     {test.modality}")
    told = {
        "target": test.target,
        "genes": f"{len(test.genes)}: {' '.join(test.genes)}" if test.genes else "",
        "unresolved": " ".join(test.unresolved),
        "sensitivity": test.sensitivity,
        "price": None if test.price is None else f"{test.price:g} {currency}".strip(),
        "days": None if test.days is None else f"{test.days:g}",
        "sample": test.sample,
    }
    for word, value in told.items():
        if value not in ("", None):
            print(f"{word:<12} {value}")
