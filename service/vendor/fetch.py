"""Fetch the page's libraries: a package's tarball checked by its integrity, the named files taken, checked again.

From the npm registry that the machine's npm client is set to, or from a folder of tarballs that an operator brings to
a hospital without internet. npm itself is not needed, and no script of a package is run.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import tarfile
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from ontology.errors import PhenomapError

HERE = Path(__file__).parent
LIBRARIES = HERE / "libraries.toml"
#: Where the page's files are served from.
TARGET = HERE.parent / "static" / "vendor"
REGISTRY = "https://registry.npmjs.org/"
#: Bytes of a tarball and of a file in it; today's largest have 383 kB and 72 kB.
LARGEST = 5_000_000
_TIMEOUT = 60.0
_BRING = "bring the tarballs: phenomap assets build --from FOLDER."
_REGISTRY_LINE = re.compile(r"""\s*registry\s*=\s*["']?([^\s"']+)["']?\s*""")


class AssetsError(PhenomapError):
    """A library of the page is missing, or not what was pinned."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file of a package, what it is called here, and its SHA-256 in hexadecimal."""

    path: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package; `integrity` is the registry's own: `sha512-` and base64."""

    name: str
    version: str
    licence: str
    integrity: str
    files: tuple[TakenFile, ...]

    @property
    def tarball(self) -> str:
        """Path of the tarball below a registry."""
        return f"{self.name}/-/{self.file_name}"

    @property
    def file_name(self) -> str:
        """Name of the tarball in a registry, which leaves the scope out."""
        return f"{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def packed_name(self) -> str:
        """Name of the tarball as `npm pack` writes it: `@alpinejs/csp` becomes `alpinejs-csp`."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


def packages(path: Path = LIBRARIES) -> tuple[Package, ...]:
    """The packages that the page needs."""
    return tuple(_package(each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["package"])


def missing(wanted: tuple[Package, ...], target: Path = TARGET) -> list[str]:
    """Names of files that are not in `target`, or are others than those pinned."""
    return [file.name for package in wanted for file in package.files if not _is_there(file, target)]


def refuse_missing(target: Path = TARGET) -> None:
    """Raise AssetsError where a library is missing: each page would be shown, and none would answer."""
    if absent := missing(packages(), target):
        raise AssetsError(f"The page's {', '.join(absent)} must be fetched first.", "Run: phenomap assets build")


def fetch(
    wanted: tuple[Package, ...], target: Path = TARGET, source: Path | None = None, registry: str | None = None
) -> list[str]:
    """Put the files into `target`, those that lie there already left alone; names of those that were put.

    `source` is a folder of tarballs, under their names in a registry or as `npm pack` writes them. Raises AssetsError:
    no file is then left half written, and what earlier packages gave stays.
    """
    done = []
    for package in wanted:
        files = [file for file in package.files if not _is_there(file, target)]
        if files:
            tarball = _brought(source, package) if source else _downloaded(registry or registry_of(), package)
            content = _checked(package, tarball)
            taken = [(file, _taken(package, content, file)) for file in files]
            done += [_put(target, file, bytes_) for file, bytes_ in taken]
    return done


def registry_of(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> str:
    """The registry that the machine's npm client is set to: by the environment, by an npmrc, else npm's own."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if given := environment.get(name):
            return given
    for path in ((home or Path.home()) / ".npmrc", Path("/etc/npmrc"), Path("/usr/etc/npmrc")):
        for line in _lines(path):
            if found := _REGISTRY_LINE.fullmatch(line):
                return found[1]
    return REGISTRY


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return


def _package(given: Mapping[str, object]) -> Package:
    files = given["file"]
    assert isinstance(files, list)
    taken = tuple(TakenFile(each["path"], each["as"], each["sha256"]) for each in files)
    name, version, licence, integrity = (str(given[field]) for field in ("name", "version", "licence", "integrity"))
    return Package(name, version, licence, integrity, taken)


def _is_there(file: TakenFile, target: Path) -> bool:
    path = target / file.name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _brought(folder: Path, package: Package) -> bytes:
    for name in (package.packed_name, package.file_name):
        try:
            with (folder / name).open("rb") as tarball:
                return tarball.read(LARGEST + 1)
        except FileNotFoundError:
            continue
    pack = f"npm pack {package.name}@{package.version}"
    raise AssetsError(f"{folder} holds no {package.packed_name}.", f"Bring it, as `{pack}` writes it.")


def _downloaded(registry: str, package: Package) -> bytes:
    url = f"{registry.rstrip('/')}/{package.tarball}"
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise AssetsError("The npm registry is not reached by https.", f"Set another for npm, or {_BRING}")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310
            content: bytes = answer.read(LARGEST + 1)
            return content
    except (OSError, HTTPException, ValueError) as error:  # no answer, half an answer, not an address
        why = getattr(error, "reason", None) or type(error).__name__
        what = f"{package.name} {package.version} could not be fetched from the npm registry ({why})."
        mend = "Try again; look at the registry that npm is set to (npm_config_registry, ~/.npmrc);"
        raise AssetsError(what, f"{mend} or {_BRING}") from error


def _checked(package: Package, tarball: bytes) -> bytes:
    """The tarball, seen to be the one that was pinned, before anything reads it."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if len(tarball) > LARGEST or found != package.integrity:
        what = f"What came for {package.name} {package.version} is not what was pinned."
        raise AssetsError(what, "Fetch it again; if that does not help, do not use it.")
    return tarball


def _taken(package: Package, tarball: bytes, file: TakenFile) -> bytes:
    """The one file out of the tarball; members are never unpacked by their own names."""
    try:
        with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
            member = archive.extractfile(file.path)
            content = member.read(LARGEST + 1) if member else b""
    except (KeyError, EOFError, OSError, tarfile.TarError):  # no such member, or no archive
        content = b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        what = f"{package.name} {package.version} does not hold {file.path} as it was pinned."
        raise AssetsError(what, "Correct service/vendor/libraries.toml.")
    return content


def _put(target: Path, file: TakenFile, content: bytes) -> str:
    """Write the file whole or not at all."""
    target.mkdir(parents=True, exist_ok=True)
    draft = target / f".{file.name}.{os.getpid()}"
    try:
        draft.write_bytes(content)
        draft.replace(target / file.name)
    finally:
        draft.unlink(missing_ok=True)
    return file.name
