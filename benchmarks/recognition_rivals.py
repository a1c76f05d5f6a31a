"""Our reader beside FastHPOCR, fenominal and spaCy, in one run: `python -m benchmarks.recognition_rivals GOLD...`.

The rivals are an optional extra (`pip install '.[rivals]'`). All read the same notes with the release that our
knowledge was compiled from (hp.obo of `--downloads`), ids are mapped and F1 is taken per document as
`benchmarks.recognition` has it; what a tool calls excluded does not count as found. "phenomap words" is our
recognition alone, without what the note says of a finding: that is what FastHPOCR does, so its speed is compared
with this, and it is the fair figure where a set marks negated and relatives' findings as present (GSC+, PhenoBERT's).
Each runs in a process of its own; they read in turns, five rounds after a first one that warms them, and speed is the
median round in the processor's time. FastHPOCR's index is kept in `--folder` where one is given. Prints one JSON
object a set; a rival that is not installed is named as such.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gold import GoldNote, finding, read_gold
from benchmarks.recognition import Tally
from benchmarks.recognition_tools import FASTHPOCR_INDEX, OBO, OBOGRAPH, TOOLS
from ontology.compile.releases import default_release_set
from ontology.errors import SourceError
from ontology.knowledge import Knowledge, root_folder
from ontology.terms import SynonymScope, Terms

_PACKAGES = {"fasthpocr": "FastHPOCR", "fenominal": "fenominal", "spacy": "spacy"}
_IRI = "http://purl.obolibrary.org/obo/"


@dataclass(frozen=True, slots=True)
class Tool:
    """A recogniser's process."""

    name: str
    process: subprocess.Popen[str]
    opened_seconds: float

    @classmethod
    def start(cls, name: str, folder: Path, release: Path) -> Tool:
        """Start it and wait until it is open."""
        command = [sys.executable, "-m", "benchmarks.recognition_tools", name, str(folder), str(release)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return cls(name, process, _answer(process)["opened_seconds"])

    def read(self, texts: Sequence[str]) -> dict[str, Any]:
        """Ids found, seconds, memory."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(texts) + "\n")
        self.process.stdin.flush()
        return _answer(self.process)

    def stop(self) -> None:
        """End it by ending its input."""
        self.process.communicate()


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SourceError("A recogniser ended before it answered.", "Its own words stand above on stderr.")
    answer: dict[str, Any] = json.loads(line)
    return answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object for each gold file."""
    given = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).resolve()
        missing = [name for name in _PACKAGES if importlib.util.find_spec(_PACKAGES[name]) is None]
        prepare(folder, knowledge, given.downloads, missing)
        names = [name for name in given.tools or TOOLS if name.split()[0] not in missing]
        tools = [Tool.start(name, folder, knowledge.folder) for name in names]
        try:
            for path in given.gold:
                notes = list(read_gold(path, knowledge.terms))[: given.limit]
                measured = measure(tools, notes, knowledge.terms, given.rounds)
                print(json.dumps({"gold": path.name, "documents": len(notes), **measured, "not_installed": missing}))
        finally:
            for tool in tools:
                tool.stop()
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="benchmarks.recognition_rivals", description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, help="only these")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=None, help="first notes only")
    parser.add_argument("--knowledge", type=Path, default=None)
    parser.add_argument("--downloads", type=Path, default=Path("downloads"), help="where the pinned wheels lie")
    parser.add_argument("--folder", type=Path, default=None, help="keep the rivals' indexes here")
    return parser


def measure(tools: Sequence[Tool], notes: Sequence[GoldNote], terms: Terms, rounds: int) -> dict[str, object]:
    """Figures of every tool on the same notes, and how far ours is from FastHPOCR's better mode."""
    texts = [note.text for note in notes]
    found = {tool.name: tool.read(texts)["found"] for tool in tools}
    read: dict[str, list[dict[str, Any]]] = {tool.name: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            read[tool.name].append(tool.read(texts))
    characters = sum(map(len, texts))
    figures: dict[str, dict[str, float]] = {}
    for tool in tools:
        tally = tally_documents(notes, found[tool.name], terms)
        seconds = statistics.median(answer["seconds"] for answer in read[tool.name])
        figures[tool.name] = {
            "precision": round(tally.precision, 1),
            "recall": round(tally.recall, 1),
            "f1": round(tally.f1, 1),
            "characters_per_second": round(characters / seconds),
            "opened_seconds": round(tool.opened_seconds, 2),
            "rss_mb": round(read[tool.name][-1]["rss_mb"]),
        }
    return {**figures, **_ahead(figures)}


def _ahead(figures: dict[str, dict[str, float]]) -> dict[str, float]:
    """How far ours is from FastHPOCR in the same mode: points of F1, and times its speed."""
    pairs = {"": ("phenomap words", "fasthpocr longest"), "_nested": ("phenomap words nested", "fasthpocr nested")}
    ahead: dict[str, float] = {}
    for mode, (ours, theirs) in pairs.items():
        if ours in figures and theirs in figures:
            whole = ours.replace(" words", "")
            if whole in figures:
                ahead[f"points_above_fasthpocr{mode}"] = round(figures[whole]["f1"] - figures[theirs]["f1"], 1)
            ahead[f"points_above_fasthpocr{mode}_words"] = round(figures[ours]["f1"] - figures[theirs]["f1"], 1)
            speed = figures[ours]["characters_per_second"] / figures[theirs]["characters_per_second"]
            ahead[f"times_fasthpocrs_speed{mode}"] = round(speed, 2)
    return ahead


def tally_documents(notes: Sequence[GoldNote], found: Sequence[Sequence[str]], terms: Terms) -> Tally:
    """Sets of ids of each document compared, micro-averaged."""
    tally = Tally()
    for note, ids in zip(notes, found, strict=True):
        gold = {m.term for m in note.mentions if m.term is not None and not m.negated}
        answers = {current for id in ids if (current := finding(id, terms)) is not None}
        both = len(gold & answers)
        tally.right_answers += both
        tally.right_gold += both
        tally.answers += len(answers)
        tally.gold += len(gold)
    return tally


def prepare(folder: Path, knowledge: Knowledge, downloads: Path, missing: Sequence[str]) -> None:
    """Write what the rivals read, where it is not there yet: hp.obo, the same as an OBO graph, FastHPOCR's index."""
    folder.mkdir(parents=True, exist_ok=True)
    ontology = default_release_set(downloads, lambda message: None).ontology
    if {source.name: source.sha256 for source in knowledge.manifest.sources}.get(ontology.name) != ontology.sha256:
        raise SourceError(
            "The knowledge was not compiled from the hp.obo of the default release.",
            "Run `phenomap knowledge build` in another folder and name it with --knowledge.",
        )
    with ontology.open() as source, (folder / OBO).open("wb") as copy:
        shutil.copyfileobj(source, copy)
    (folder / OBOGRAPH).write_text(json.dumps(obo_graph(knowledge.terms, knowledge.manifest.release)), "utf-8")
    if "fasthpocr" not in missing and not (folder / FASTHPOCR_INDEX).is_file():
        _index_fasthpocr(folder)


def _index_fasthpocr(folder: Path) -> None:
    """Make FastHPOCR's index by its own code; but for its search of all words for those of each cluster."""
    from FastHPOCR.cr.CRIndexKB import CRIndexKB
    from FastHPOCR.IndexHPO import IndexHPO

    words: dict[str, list[str]] = {}

    def of_cluster(index: object, cluster: str, clusters: dict[str, str]) -> list[str]:
        if not words:
            for word, id in clusters.items():
                words.setdefault(id, []).append(word)
        return list(words.get(cluster, ()))

    CRIndexKB.compileClusterList = of_cluster
    with contextlib.redirect_stdout(sys.stderr):
        IndexHPO(str(folder / OBO), str(folder)).index()


def obo_graph(terms: Terms, release: str) -> dict[str, object]:
    """The release as an OBO graph of labels, synonyms and parents, which fenominal reads."""

    def iri(position: int) -> str:
        return _IRI + terms.id(position).replace(":", "_")

    nodes = [
        {
            "id": iri(position),
            "lbl": terms.label(position),
            "type": "CLASS",
            "meta": {
                "synonyms": [
                    {"pred": _PREDICATES[synonym.scope], "val": synonym.text} for synonym in terms.synonyms_of(position)
                ]
            },
        }
        for position in range(len(terms))
    ]
    edges = [
        {"sub": iri(position), "pred": "is_a", "obj": iri(int(parent))}
        for position in range(len(terms))
        for parent in terms.parents[position]
    ]
    meta = {"version": f"{_IRI}hp/releases/{release[:10]}/hp.json", "basicPropertyValues": []}
    return {"graphs": [{"id": f"{_IRI}hp.json", "meta": meta, "nodes": nodes, "edges": edges}]}


_PREDICATES = {
    SynonymScope.EXACT: "hasExactSynonym",
    SynonymScope.RELATED: "hasRelatedSynonym",
    SynonymScope.NARROW: "hasNarrowSynonym",
    SynonymScope.BROAD: "hasBroadSynonym",
}


if __name__ == "__main__":
    sys.exit(main())
