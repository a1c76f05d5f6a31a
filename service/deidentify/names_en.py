"""Names in Latin letters, found by what stands around them: a label, a title, a degree, a kinship, an age behind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from service.deidentify.lists import read_list

_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏ"
_WORD = rf"[A-ZÀ-ÖØ-Þ][{_LETTERS}]*+(?:['’-][{_LETTERS}]++){{0,5}}+"
_TOKEN = re.compile(
    rf"(?P<initial>[A-Z](?:\.|(?![{_LETTERS}\d.'’-])))|(?P<numeral>[IVX]{{2,}}(?![{_LETTERS}]))"
    rf"|(?P<word>{_WORD})(?![{_LETTERS}\d])"
    r"|(?P<small>(?:de|da|del|della|di|van|von|der|den|la|le|el|al|bin|ibn|bint|ter|ten)\b)"
)
_NAME_WORD = re.compile(rf"[{_LETTERS}]++(?:['’-][{_LETTERS}]++){{0,5}}+")
_GAP = re.compile(r" {1,2}|(?<=\.)")
_LABEL_BEHIND = re.compile(r"\s?:")
_TITLE = (
    r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss|Mx|Messrs|Madam|Sir|Dame|Lady|Lord|Rev|Capt|Sgt)\b\.?"
    r"|(?:DR|MR|MRS|MS|PROF)\.|MRS\b|PROF\b)"
)
_SAY = "(?<![A-Za-z])"
_STRONG = re.compile(
    rf"(?:{_SAY}(?i:(?:patient|pt|full|first|last|given|family|middle|mother|father|guardian|parent|child|baby|maiden"
    r"|preferred|legal|spouse|client|subject)(?:['’]s)?\s?names?|surname|forenames?|next of kin|nok|emergency contact"
    r"|(?:electronically |e-|digitally )?(?:signed|dictated|reported|verified|reviewed|authori[sz]ed|prepared|performed"
    r"|ordered|transcribed|approved|requested)(?: by)?|attending(?: physician)?|physician|consultant|surgeon|clinician"
    r"|provider|(?:referring|primary care) (?:physician|doctor|clinician|provider)|gp|pcp|nurse|interpreter|informant"
    r"|accompanied by|counsell?or|cc)"
    r"|(?:(?m:^)|(?<=[|;,.(\t]))[ \t]{0,8}(?i:name))\s{0,4}:\s{0,6}"
    r"|(?i:patient(?:['’]s)? name|my name is|signed by) (?:is )?"
)
_WEAK = re.compile(
    rf"{_SAY}(?:(?i:patient|pt|mother|father|parents?|brother|sister|guardian|child|proband|re|regarding|contact|attn|spouse"
    r"|wife|husband|from|to)\s*:\s{0,4}"
    r"|Dear |(?:Sister|Nurse|Doctor|Sincerely|Regards|faithfully|sincerely|regards|wishes),?\s{1,3}"
    r"|(?:mother|father|brother|sister|aunt|uncle|cousin|son|daughter|wife|husband|guardian|grandmother|grandfather"
    r"|stepmother|stepfather|partner|carer|named|called|[Ss]poke (?:to|with)|[Pp]atient|[Cc]hild|[Bb]oy|[Gg]irl|"
    r"[Ii]nfant|[Bb]aby),? \(?)"
)
_LETTER = re.compile("(?i:re|regarding|attn|dear|sincerely|regards|faithfully|wishes)")
_TITLED = re.compile(rf"{_SAY}{_TITLE} {{0,2}}(?=[A-Z]|(?:de|van|von|al|el|bin|la|le|di)\b)")
_DEGREE = re.compile(
    r",? (?:M\.?D\.?|D\.O\.|MBBS|Ph\.?D\.?|R\.?N\.?|FRCP\w*|FRCPCH|MRCP\w*|NP|PA-C|CGC|FACMG|FAAP|MBChB)(?![A-Za-z])"
)
_AGE_BEHIND = re.compile(
    r",? (?:(?:is|was) (?:now )?(?:an? )?|an? |aged? |(?<=, )(?=\d))"
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)[ -]?"
    r"(?:years?|months?|weeks?|days?|yo\b|y/o|-?y\b|$|[.,;](?!\d))"
)
_LOWER_VALUE = re.compile(r"[a-z][a-z'’-]+(?: [a-z][a-z'’-]+){1,2}(?=\s*(?:[,;|(\n]|$))")
_NOUN = (
    r"(?i:syndromes?|diseases?|disorders?|sequences?|associations?|anomal(?:y|ies)|malformations?|signs?|phenotypes?"
    r"|deformit(?:y|ies)|dystroph(?:y|ies)|atroph(?:y|ies)|ataxias?|pals(?:y|ies)|tumou?rs?|chorea|contractures?|nodules?"
    r"|spots?|rings?|reflex(?:es)?|score|scale|encephalopath(?:y|ies)|neuropath(?:y|ies)|myopath(?:y|ies)|phenomen(?:on|a)"
    r"|angle|tubercles?|hernias?|cysts?|lines?|bod(?:y|ies)|cells?|criteria|anaemia|anemia|dwarfism|dysplasia|dysostosis"
    r"|stenosis|thyroiditis|sarcoma|lymphoma|lisch|glands?|type|family)\b"
)
_SYLLABLE = r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:[iu]?[aeo](?:i|o|u|ng?|r)?|i(?:ng?|u)?|u(?:n|i)?|ong|ü)"
_PINYIN = re.compile(rf"{_SYLLABLE}(?:[-'’]?{_SYLLABLE})?", re.IGNORECASE)


@dataclass(frozen=True)
class LatinNames:
    """Finds names in a folded text."""

    given: frozenset[str]
    not_names: frozenset[str]
    eponyms: frozenset[str]
    ambiguous: frozenset[str]
    protected: re.Pattern[str]
    given_first: re.Pattern[str]

    @staticmethod
    def open() -> LatinNames:
        """With the lists of the package."""
        eponyms = read_list("eponyms_en.txt")
        named = "|".join(sorted(eponyms, key=len, reverse=True))
        given = frozenset(name.lower() for name in read_list("given_names_en.txt"))
        first = "|".join(sorted(given | read_list("surnames_pinyin.txt"), key=len, reverse=True))
        return LatinNames(
            given,
            read_list("not_names_en.txt"),
            eponyms,
            read_list("ambiguous_en.txt"),
            re.compile(
                rf"(?<![{_LETTERS}'’-])(?:(?i:{named})[ -]){{0,4}}{_WORD}(?:['’]s?)?[ -](?:[a-z]{{3,15}} )?{_NOUN}"
            ),
            re.compile(rf"(?<![{_LETTERS}\d'’-])(?=[A-Z])(?i:{first})(?= )"),
        )

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every name that its surroundings show, perhaps more than once."""
        for match in _STRONG.finditer(text):
            yield from self._labelled(text, match.end())
        for match in _TITLED.finditer(text):
            yield from self._some(self._name(text, match.end(), sure=True), 1)
        for match in _WEAK.finditer(text):
            yield from self._plausible(text, match.end(), letter=bool(_LETTER.match(match.group())))
        for match in self.given_first.finditer(text):
            yield from self._given(text, match)
        for cue in (_DEGREE, _AGE_BEHIND):
            for match in cue.finditer(text):
                yield from self._before(text, match.start(), 2 if cue is _DEGREE else 1)

    def spread(self, text: str, names: Collection[str], *, sure: bool) -> Iterator[tuple[int, int]]:
        """Every other place of `names`, in full, last name first, or by one part that is no everyday word.

        One pass over the text, however many names there are. A name of one word that is an everyday word stays, unless
        the caller is `sure` of it.
        """
        parts: set[str] = set()
        forms: dict[str, list[re.Pattern[str]]] = {}
        for name in names:
            words = _NAME_WORD.findall(name.lower())
            parts.update(word for word in words if len(word) >= 3 and word not in self.ambiguous | self.not_names)
            if len(words) > 1 or sure:
                for order in {tuple(words), (*words[-1:], *words[:-1])} - {()}:
                    whole = r"[\s,.-]{1,3}".join(map(re.escape, order)) + rf"(?![{_LETTERS}])"
                    forms.setdefault(order[0], []).append(re.compile(whole, re.IGNORECASE))
        for match in _NAME_WORD.finditer(text):
            word = match.group().lower()
            bare = re.sub("['’]s?$", "", word)
            for form in forms.get(bare, ()) if bare == word else (*forms.get(bare, ()), *forms.get(word, ())):
                found = form.match(text, match.start())
                if found:
                    yield found.span()
            known = word if word in parts else bare
            shouted = match.group().isupper() and len(known) == 3  # a codon, an abbreviation
            if known in parts and match.group()[0].isupper() and not shouted:
                yield match.start(), match.start() + len(known)

    def _labelled(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        title = _TITLED.match(text, start)
        start = title.end() if title else start
        found = self._name(text, start, sure=True)
        if found is None:
            lower = _LOWER_VALUE.match(text, start)
            if lower and not set(lower.group().split()) & self.not_names:
                yield lower.span()
            return
        end = found[1]
        if text[end : end + 1] == "," and not _DEGREE.match(text, end):  # SMITH, John
            rest = self._name(text, end + 1 + (text[end + 1 : end + 2] == " "), sure=True)
            end = rest[1] if rest and not _LABEL_BEHIND.match(text, rest[1]) else end
        yield start, end

    def _plausible(self, text: str, start: int, *, letter: bool) -> Iterator[tuple[int, int]]:
        """Two words that may be a name, or one that is known as one; a letter names a person where a form may not."""
        found = self._name(text, start, sure=False)
        if found is None:
            return
        first, *rest = text[start : found[1]].lower().split()
        if first in self.given:
            if rest or first not in self.ambiguous:
                yield found[0], found[1]
        elif (found[2] < 2 and not re.match("[a-z]\\.? ", text[start : found[1]].lower())) or (
            _WORDLIKE.fullmatch(first) and not letter
        ):
            return
        elif not self._is_illness(text, start, found[1]):
            yield found[0], found[1]

    def _given(self, text: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
        """`John Smith`, `Zhang Wei`: a known first word, and one that may belong to it."""
        found = self._name(text, match.start(), sure=False)
        if found is None or found[2] < 2:
            return
        words = text[found[0] : found[1]].split()
        if words[0].lower() in self.given or (len(words) == 2 and _PINYIN.fullmatch(words[1])):
            yield found[0], found[1]

    def _before(self, text: str, end: int, least: int) -> Iterator[tuple[int, int]]:
        """The longest name that ends at `end` and begins a sentence, a line or a clause."""
        window = max(0, end - 60)
        for match in re.finditer(rf"(?<![{_LETTERS}.'’-])(?=[A-Z])", text[window:end]):
            found = self._name(text, window + match.start(), sure=False)
            if found and found[1] == end and found[2] >= least and not self._is_illness(text, found[0], end):
                yield found[0], found[1]
                return

    def _is_illness(self, text: str, start: int, end: int) -> bool:
        """Whether what stands there runs into the name of a disease."""
        match = self.protected.search(text, start)
        return match is not None and match.start() < end

    def _some(self, found: tuple[int, int, int] | None, least: int) -> Iterator[tuple[int, int]]:
        if found and found[2] >= least:
            yield found[0], found[1]

    def _name(self, text: str, start: int, *, sure: bool) -> tuple[int, int, int] | None:
        """Start, end and number of words of a name at `start`.

        John Turner is a man, and so is Dr Turner (`sure`); Turner by itself is a syndrome.
        """
        at, end, words = start, start, 0
        for _ in range(6):
            token = _TOKEN.match(text, at)
            if token is None or token["numeral"] or _LABEL_BEHIND.match(text, token.end()):
                break
            if token["word"]:
                word = token["word"].lower()
                if words == 4 or not self._may_be(word, sure or words > 0 or at > start):
                    break
                words += 1
                end = token.end()
            gap = _GAP.match(text, token.end())
            if gap is None:
                break
            at = gap.end()
        return (start, end, words) if words else None

    def _may_be(self, word: str, sure: bool) -> bool:
        if sure:
            return word not in self.not_names or word in self.ambiguous
        if word in self.given:
            return True
        known = self.not_names.union(self.eponyms)
        return not known.intersection((word, *word.split("-"))) and not _CLINICAL.search(word)


#: Endings of clinical words that few names have.
_CLINICAL = re.compile(
    "(?:osis|itis|emia|aemia|oma|pathy|plasia|trophy|cephaly|dactyly|uria|algia|ectomy|plegia|paresis|megaly|penia|opia|tonia"
    "|kinesia|lexia|phasia|praxia|genesis|stenosis|ectasia|ism|ity|tion|sion|ness|ical|ular|enital|eonatal|al)$"
)
#: Endings that words of seven letters and more have, and hardly a first name that is not in the list.
_WORDLIKE = re.compile(
    "[a-z-]{4,}(?:ing|ous|ive|ory|ase|ary|oid|able|ible|ent|ant|ate|ic|ed|ly|ance|ence|gram|scope|ure|ine|ide|form|less|ful"
    "|age|um|us)"
)
