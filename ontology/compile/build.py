"""Build a release: compile into a hidden folder, check it by opening it, then put it in use in one step.

A build that is interrupted leaves the old release in use; one whose sources are unchanged does nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ontology.compile.babelon import lay_translation, read_translation
from ontology.compile.genes import read_gene_links
from ontology.compile.hpo import read_ontology, with_content
from ontology.compile.hpoa import read_annotations
from ontology.compile.join import (
    information_content,
    join_records,
    lay_annotations,
    lay_descriptions,
    lay_gene_links,
)
from ontology.compile.natural_history import lay_natural_histories, read_natural_histories
from ontology.compile.orphanet import read_orphanet
from ontology.compile.prevalence import lay_prevalences, read_prevalences
from ontology.compile.releases import (
    AGES,
    PREVALENCE,
    Progress,
    ReleaseSet,
    default_fingerprint,
    default_release_set,
    folder_release_set,
    optional_file,
)
from ontology.errors import KnowledgeError
from ontology.knowledge import Knowledge, current_release
from ontology.manifest import SCHEMA, Manifest, Source
from ontology.natural_histories import FOLDER as NATURAL_HISTORY_FOLDER
from ontology.prevalences import FOLDER as PREVALENCE_FOLDER
from ontology.translations import FILE_NAME as TRANSLATION

_STAGE = ".building-"


@dataclass(frozen=True, slots=True)
class Companion:
    """Arrays that another room compiles from the knowledge into its folder `name`; `version` is its own schema."""

    name: str
    version: int
    write: Callable[[Knowledge, Path], None]


@dataclass(frozen=True, slots=True)
class Built:
    """The release folder in use, and whether it had to be built."""

    folder: Path
    fresh: bool


def build(
    root: Path,
    companions: Sequence[Companion],
    progress: Progress,
    *,
    source: Path | None = None,
    downloads: Path | None = None,
    force: bool = False,
) -> Built:
    """Build from `source`, or from the default wheels kept in `downloads`; raises KnowledgeError or OSError."""
    downloads = downloads or downloads_of(root)
    release_set = _folder_set(source, downloads) if source else None
    inputs = " ".join(sorted(f.sha256 for f in release_set.files())) if release_set else default_fingerprint(downloads)
    fingerprint = _fingerprint(inputs, companions)
    if not force and (ready := _ready(root, fingerprint)):
        _use(root, ready)
        return Built(ready, fresh=False)
    if release_set is None:
        release_set = default_release_set(downloads, progress)
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    stage = root / f"{_STAGE}{os.getpid()}"
    try:
        release = _compile(release_set, stage, fingerprint, companions, progress)
        return Built(_publish(root, stage, release), fresh=True)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def downloads_of(root: Path) -> Path:
    """Where downloaded wheels and imported files are kept, unless said otherwise: beside the releases."""
    return root.parent / "downloads"


def _folder_set(source: Path, downloads: Path) -> ReleaseSet:
    """The files in `source`; Chinese labels from `downloads` where it has none."""
    found = folder_release_set(source)
    return found if found.translation else replace(found, translation=optional_file(downloads, TRANSLATION))


def _compile(
    release_set: ReleaseSet, stage: Path, fingerprint: str, companions: Sequence[Companion], progress: Progress
) -> str:
    """Write every array, the companions' and last the manifest into `stage`; return the release name."""
    stage.mkdir()
    progress("reading hp.obo")
    ontology = read_ontology(release_set.ontology)
    progress("reading phenotype.hpoa")
    published = read_annotations(release_set.annotations, ontology.terms)
    progress("reading Orphanet's entries")
    orphanet = read_orphanet(release_set.orphanet)
    progress("reading gene links")
    links = read_gene_links(release_set.genes)
    progress("joining records to diseases")
    diseases = join_records(published, orphanet.maps)
    annotations = lay_annotations(published, diseases, orphanet.maps)
    terms = with_content(ontology.terms, information_content(ontology.terms, annotations, diseases))
    genes_dated = release_set.genes_dated or published.version
    terms.write(stage / "terms")
    diseases.write(stage / "diseases")
    annotations.write(stage / "annotations")
    descriptions = lay_descriptions(orphanet, diseases)
    descriptions.write(stage / "descriptions")
    lay_gene_links(links, diseases, release_set.genes.name, genes_dated).write(stage / "genes")
    versions = [ontology.version, published.version, orphanet.version, genes_dated]
    if release_set.prevalence is not None:
        progress("reading Orphanet's prevalences")
        prevalences = read_prevalences(release_set.prevalence)
        lay_prevalences(prevalences, diseases, orphanet.maps).write(stage / PREVALENCE_FOLDER)
        versions.append(prevalences.version)
    notes = published.notes
    if release_set.ages is None:
        notes += (f"{AGES} is not there: ages of onset and inheritance are those of phenotype.hpoa alone.",)
        progress(notes[-1])
    else:
        progress("reading Orphanet's ages of onset")
        histories = read_natural_histories(release_set.ages)
        lay_natural_histories(histories, descriptions).write(stage / NATURAL_HISTORY_FOLDER)
        versions.append(histories.version)
        notes += histories.notes
    if release_set.translation is not None:
        progress("reading Chinese labels")
        with release_set.translation.open() as table:
            translations, lacking = lay_translation(read_translation(table.read()), terms)
        translations.write(stage)
        versions.append("undated")
        if lacking:
            notes += (f"{TRANSLATION}: {lacking} labels are of terms that this release lacks.",)
    release = f"{ontology.version}-{fingerprint[:8]}"
    manifest = Manifest(
        schema=SCHEMA,
        release=release,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprint=fingerprint,
        sources=_sources(release_set, versions),
        companions={companion.name: companion.version for companion in companions},
        counts={},
        notes=notes,
        files={},
    )
    knowledge = Knowledge.assemble(stage, manifest)
    for companion in companions:
        progress(f"compiling {companion.name}")
        companion.write(knowledge, stage / companion.name)
    manifest.sealed(stage, knowledge.counts()).write(stage)
    Knowledge.open_release(stage, whole=True)
    return release


def _sources(release_set: ReleaseSet, versions: Sequence[str]) -> tuple[Source, ...]:
    hpo_licence = "https://hpo.jax.org/app/license (stated in hp.obo)"
    orphadata = "Orphadata, Orphanet product {}, release as dated; (c) INSERM 1999"
    stated = {
        "hp.obo": (hpo_licence, "Human Phenotype Ontology, release as dated (hp.obo)"),
        "phenotype.hpoa": (hpo_licence, "HPO annotations of rare diseases, release as dated (phenotype.hpoa)"),
        "en_product1.xml": ("CC-BY-4.0", orphadata.format("1")),
        PREVALENCE: ("CC-BY-4.0", orphadata.format("9 (prevalences)")),
        AGES: ("CC-BY-4.0", orphadata.format("9 (natural history)")),
        TRANSLATION: ("https://hpo.jax.org/app/license", "Human Phenotype Ontology, Chinese translation"),
    }
    genes = (hpo_licence, "HPO gene links, release as dated")
    return tuple(
        Source(file.name, version, file.sha256, file.origin, *stated.get(file.name, genes))
        for file, version in zip(release_set.files(), versions, strict=True)
    )


def _fingerprint(inputs: str, companions: Sequence[Companion]) -> str:
    made_with = " ".join(f"{c.name}={c.version}" for c in companions)
    return hashlib.sha256(f"schema={SCHEMA} {inputs} {made_with}".encode()).hexdigest()


def _ready(root: Path, fingerprint: str) -> Path | None:
    """A sound release of this fingerprint, where there is one."""
    for folder in sorted(root.glob(f"*-{fingerprint[:8]}")):
        try:
            if Knowledge.open_release(folder, whole=True).manifest.fingerprint == fingerprint:
                return folder
        except KnowledgeError:
            continue
    return None


def _publish(root: Path, stage: Path, release: str) -> Path:
    """Rename the stage to its release name and point CURRENT at it; a damaged namesake is put aside and removed."""
    target = root / release
    aside = root / f"{_STAGE}{os.getpid()}-old"
    if target.exists():
        target.rename(aside)
    stage.rename(target)
    _use(root, target)
    shutil.rmtree(aside, ignore_errors=True)
    return target


def _use(root: Path, folder: Path) -> None:
    try:
        if current_release(root) == folder:
            return
    except KnowledgeError:
        pass
    pointer = root / f"{_STAGE}{os.getpid()}-pointer"
    pointer.write_text(folder.name + "\n", encoding="utf-8")
    pointer.replace(root / "CURRENT")


def _sweep(root: Path) -> None:
    """Remove what builds that are no longer running left behind."""
    for left in root.glob(f"{_STAGE}*"):
        owner = left.name.removeprefix(_STAGE).split("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
