"""Compiling the lexicon of a release: wordings, mined variants, and what the reader's windows need to know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from nlp.lexicon import AND_KEY, NO_TERM, word_key, write_names
from nlp.rules import LanguageFolder
from nlp.synonym_rules import StemKinds, Stems, SynonymRule, mine
from nlp.variants import variants
from nlp.wordings import (
    EVERYDAY_RANK,
    LABEL_RANK,
    MADE_RANK,
    Wording,
    WordingAnalyser,
    anatomy_phrases,
    described_wordings,
    everyday_wordings,
    wordings,
)
from ontology.arrays import Rows, StringPool, write_array
from ontology.knowledge import Knowledge
from ontology.terms import Terms

#: Schema of the compiled lexicon; raised whenever its arrays, their meaning or the rules behind them change.
VERSION = 9

Ranked = tuple[float, int]
_K = TypeVar("_K")
_MAX_STEMS = 12
_MIN_SPELLING = 4
_CURATED_SUPPORT = 9
_WORD = re.compile(r"[a-z]+")


def write_lexicon(knowledge: Knowledge, folder: Path) -> None:
    """Compile the English lexicon of a release into `folder` (see `nlp.lexicon.Lexicon` for the arrays)."""
    rules = LanguageFolder("en")
    kinds = stem_kinds(knowledge.terms, rules)
    draft = _collect(knowledge, rules, kinds)
    plain = {stems: ranked for (stems, anded), ranked in draft.wordings.items() if not anded}
    made = variants(plain, mined_rules(knowledge, rules, kinds), kinds, knowledge.terms)
    made |= {stems: ranked for stems, ranked in _shorter(plain, kinds).items() if stems not in made}
    entries = {(stems, False): ranked for stems, ranked in made.items()} | draft.wordings
    _add_own(entries, draft, knowledge, rules)
    _write_wordings(folder, entries)
    _write_stems(folder, entries, draft.singles, kinds)
    _write_overrides(folder, draft.exact, entries)
    write_names(folder, "singles", {form: ranked for form, (ranked, _) in draft.singles.items()})
    write_names(folder, "abbreviations", draft.abbreviations)
    StringPool.of(sorted(draft.spellings)).write(folder, "spellings")
    StringPool.of(sorted(_known_words(knowledge.terms))).write(folder, "known")


def _shorter(plain: Mapping[Stems, Ranked], kinds: StemKinds) -> dict[Stems, Ranked]:
    """Wordings without any of the words that may be left out: "increased lactate dehydrogenase"."""
    found: dict[Stems, set[Ranked]] = defaultdict(set)
    for stems, (rank, term) in plain.items():
        kept = tuple(stem for stem in stems if stem not in kinds.may_be_dropped)
        if 1 < len(kept) < len(stems) - 1 and any(map(kinds.is_quality, kept)) and kept not in plain:
            found[kept].add((max(rank, MADE_RANK - 1) + 1, term))
    return {stems: min(ranked) for stems, ranked in found.items() if len({term for _, term in ranked}) == 1}


def stem_kinds(terms: Terms, rules: LanguageFolder) -> StemKinds:
    """What stems speak of, from the release's names of body parts and the language's lists."""
    analyser = WordingAnalyser(rules)

    def stems(words: Iterable[str]) -> frozenset[str]:
        return frozenset(rules.stems.stem(word) for word in words)

    anatomy = frozenset(stem for phrase in anatomy_phrases(terms) for stem in analyser.stems(phrase))
    return StemKinds(
        anatomy=anatomy - stems(rules.words.qualities_not_anatomy),
        neutral=stems(rules.words.neutral),
        vague=stems(rules.words.vague),
        may_be_dropped=stems(rules.words.may_be_dropped),
    )


def mined_rules(knowledge: Knowledge, rules: LanguageFolder, kinds: StemKinds) -> list[SynonymRule]:
    """Substitution rules of the release, and the language's own word groups under the same filter."""
    analyser = WordingAnalyser(rules)
    given = [(w.term, analyser.stems(w.text)) for w in wordings(knowledge) if not w.abbreviation and not w.derived]
    found = mine(given, kinds)
    for word, meant in rules.words.word_groups:
        left = tuple(sorted(rules.stems.stem(part) for part in meant))
        rule = SynonymRule(left, (rules.stems.stem(word),), _CURATED_SUPPORT)
        if rule.stems != rule.instead and kinds.allows(rule):
            found.append(rule)
    return found


@dataclass(frozen=True, slots=True)
class _Draft:
    """Wordings by (sorted stems, whether they hold "and"); `singles` keep their stem beside (rank, term)."""

    wordings: dict[tuple[Stems, bool], Ranked] = field(default_factory=dict)
    exact: dict[Stems, tuple[Ranked, Stems]] = field(default_factory=dict)
    singles: dict[str, tuple[Ranked, str]] = field(default_factory=dict)
    abbreviations: dict[str, Ranked] = field(default_factory=dict)
    spellings: set[str] = field(default_factory=set)


def _collect(knowledge: Knowledge, rules: LanguageFolder, kinds: StemKinds) -> _Draft:
    draft = _Draft()
    analyser = WordingAnalyser(rules)
    bone = rules.stems.stem("bone")
    label: frozenset[str] = frozenset()
    for wording in wordings(knowledge):
        stems = frozenset(analyser.stems(wording.text))
        if wording.rank == LABEL_RANK:
            label = stems
        if not wording.abbreviation:
            # A synonym "bone maxilla" of "Fractured maxilla" names the part alone, and is no finding.
            if not (stems <= kinds.anatomy and stems - {bone} < label):
                _add(draft, wording, rules, analyser)
        elif len(wording.text) > 1 and wording.text not in rules.abbreviations.never:
            _keep_best(draft.abbreviations, wording.text, (wording.rank, wording.term))
    return draft


def _add(draft: _Draft, wording: Wording, rules: LanguageFolder, analyser: WordingAnalyser) -> None:
    words = analyser.words(wording.text)
    content = analyser.content(wording.text)
    stems = analyser.stems(wording.text)
    alone = len(words) == 1 and words[0] in rules.words.too_short_alone
    if not 1 <= len(stems) <= _MAX_STEMS or alone or wording.text.lower() in rules.words.read_apart:
        return
    draft.spellings.update(word for word in words if len(word) >= _MIN_SPELLING)
    ranked = (wording.rank, wording.term)
    anded = "/" in wording.text or not rules.words.coordinators.isdisjoint(words)
    if len(stems) == 1 and not anded:
        form = rules.stems.single(content[0])
        if form not in draft.singles or ranked < draft.singles[form][0]:
            draft.singles[form] = (ranked, stems[0])
        return
    _keep_best(draft.wordings, (stems, anded), ranked)
    exact = tuple(sorted(content))
    if not anded and (exact not in draft.exact or ranked < draft.exact[exact][0]):
        draft.exact[exact] = (ranked, stems)


def _add_own(
    entries: dict[tuple[Stems, bool], Ranked], draft: _Draft, knowledge: Knowledge, rules: LanguageFolder
) -> None:
    """Our own wordings, added last: no rule is tried on them, and they go before what rules have made."""
    analyser = WordingAnalyser(rules)
    own = _Draft(singles=draft.singles, spellings=draft.spellings)
    for wording in everyday_wordings(rules, knowledge.terms):
        _add(own, wording, rules, analyser)
    described = _Draft(singles=draft.singles)  # whose words nothing is taken to be misspelt for: they are ordinary ones
    for wording in described_wordings(rules, knowledge.terms):
        _add(described, wording, rules, analyser)
    for key, ranked in (*own.wordings.items(), *described.wordings.items()):
        _keep_best(entries, key, ranked)
    for phrase in rules.not_findings:
        entries[analyser.stems(phrase), False] = (LABEL_RANK, NO_TERM)


def _keep_best(table: dict[_K, Ranked], key: _K, ranked: Ranked) -> None:
    if key not in table or ranked < table[key]:
        table[key] = ranked


def _write_wordings(folder: Path, entries: Mapping[tuple[Stems, bool], Ranked]) -> None:
    rows = sorted(
        (sum(map(word_key, stems)) + (AND_KEY if anded else 0), term, rank, len(stems))
        for (stems, anded), (rank, term) in entries.items()
    )
    write_array(folder, "keys", np.array([row[0] for row in rows], np.int64))
    write_array(folder, "terms", np.array([row[1] for row in rows], np.int32))
    write_array(folder, "ranks", np.array([row[2] for row in rows], np.float32))
    write_array(folder, "sizes", np.array([row[3] for row in rows], np.int8))


def _write_stems(
    folder: Path,
    entries: Mapping[tuple[Stems, bool], Ranked],
    singles: Mapping[str, tuple[Ranked, str]],
    kinds: StemKinds,
) -> None:
    partners: dict[str, set[str]] = defaultdict(set)
    for stems, _ in entries:
        for stem in stems:
            partners[stem].update(stems)
    ordered = sorted({*partners, *(stem for _, stem in singles.values())})
    number = {stem: n for n, stem in enumerate(ordered)}
    StringPool.of(ordered).write(folder, "stems")
    Rows.of([sorted(number[p] for p in partners.get(stem, ())) for stem in ordered]).write(folder, "partners")
    write_array(folder, "is_anatomy", np.array([stem in kinds.anatomy for stem in ordered], np.bool_))


def _write_overrides(
    folder: Path, exact: Mapping[Stems, tuple[Ranked, Stems]], entries: Mapping[tuple[Stems, bool], Ranked]
) -> None:
    """Exact words that name another term than their stems do ("short long bones" against a synonym of equal stems)."""
    differing = {
        sum(map(word_key, words)): term
        for words, ((_, term), stems) in exact.items()
        if entries[stems, False][1] not in (term, NO_TERM) and entries[stems, False][0] > EVERYDAY_RANK
    }
    keys = sorted(differing)
    write_array(folder, "override_keys", np.array(keys, np.int64))
    write_array(folder, "override_terms", np.array([differing[key] for key in keys], np.int32))


def _known_words(terms: Terms) -> set[str]:
    known: set[str] = set()
    for position in range(len(terms)):
        known.update(_WORD.findall(terms.label(position).lower()))
        known.update(_WORD.findall(terms.definitions[position].lower()))
    for text in terms.synonym_texts:
        known.update(_WORD.findall(text.lower()))
    return known
