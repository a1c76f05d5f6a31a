"""Values of the laboratory and vital signs in Chinese notes: 血氨 480μmol/L, WBC 2.8, 血小板 8.2万, TSH 15.6(↑).

Judged as in English notes (nlp.laboratory): by the note's own flag or norm, else by the table's for every age and sex
that may be the patient's. A value without a unit is read in the unit of Chinese laboratories, and the reading says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.amounts import NUMBER, UNIT, canonical_unit
from nlp.amounts import number as amount_of
from nlp.chinese.analytes import NamedAnalyte, NamedQuantity
from nlp.chinese.clauses import Clauses
from nlp.chinese.lexicon import Hit
from nlp.norms import Band, Norm, Subject, Verdict
from nlp.quantities import Quantity
from nlp.reading import Unjudged

_AFTER = 70  # characters looked at behind a name
_CLEARLY = 0.2  # share of a value by which it must be inside to exclude a finding
_LINK = (
    r"(?:[\s:=,(]|约|为|是|达|示|最高|最低|升至|降至|高达|低至|水平|浓度|测定|定量|空腹|随机|检测|结果|仅|至|有|升高"
    r"|增高|降低|减低|偏高|偏低|活性|含量|波动于|计数|指数|右眼?|左眼?|双侧|均|r|l|od|os|\(\w{1,8}\)){0,6}"
)
_TEN_THOUSANDS = r"(?P<wan>万)(?:/(?:[uμ]l|mm3|mm³))?"
_VALUE = re.compile(
    rf"(?:(?:由|从)\s?{NUMBER}[^\d,。;]{{0,8}}(?:降|升|增|减)(?:至|到|为))?{_LINK}"
    rf"(?P<bound>[<>≤≥~≈])?\s?(?P<n>-?{NUMBER})(?:\s?[-~至]\s?(?P<n2>{NUMBER}))?\s?"
    rf"(?:{_TEN_THOUSANDS}|(?P<unit>{UNIT}|次/分钟?|次/min|秒|s\b|ms\b|mmol\b|[μu]g\b|mg\b|10\^6/l|x?10\^6/l))?(?![\d:])"
    # 血糖升高1周 tells a time, not a value.
    r"(?!\s?(?:周|年|天|月|次(?!/)|个|小时|岁|余|多|h\b|d\b))"
)
_FLAG = re.compile(
    r"\s?(?:\(\s?(?:(?P<H>↑+|高|h|升高|偏高|增高)|(?P<L>↓+|低|l|降低|偏低|减低))\s?\)|(?P<up>↑+|偏高)|(?P<down>↓+|偏低))"
)
_OWN = re.compile(
    rf"[\s,;]{{0,2}}\(?\s?(?:正常(?:参考)?(?:值|范围)?|参考(?:值|范围|区间)?|参考值范围)\s?[:为]?\s?"
    rf"(?:(?P<low>{NUMBER})\s?[-~至]\s?(?P<high>{NUMBER})|<\s?(?P<upper>{NUMBER})|>\s?(?P<lower>{NUMBER}))"
)
_SAID_NORMAL = re.compile(r"[,\s(]{0,2}(?:正常|在正常范围|未见异常)")
#: Between names whose value is told once: AST、ALT均>1000U/L.
_LISTED = re.compile(r"\s?[、,及和/]\s?")
_PROTEINS = frozenset("球合铁脂肌珠红原白清糖粘")
_EACH = re.compile("[均都各]")
_SPECIMEN = re.compile(r"脑脊液|csf|(?:血|生化|血清|外周)|尿(?=液|生化|常规|检|电解质|ph|[:,])")
_SPECIMENS = {"脑脊液": "csf", "csf": "csf", "尿": "urine"}


@dataclass(frozen=True, slots=True)
class Told:
    """A quantity that says something, or one that is within its norm and so excludes `excluded`."""

    value: Quantity | Unjudged
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class ChineseLaboratory:
    """Reads the values behind names that the lexicon has found."""

    def find(self, text: str, names: Sequence[Hit], clauses: Clauses, subject: Subject) -> Iterator[Told]:
        """What values tell, in order of their names."""
        listed: list[Hit] = []
        for at, hit in enumerate(names):
            if not isinstance(hit.entry, NamedQuantity) or _is_of_ratio(text, hit) or _is_of_longer(text, hit):
                continue
            _, sentence = clauses.sentence(hit.start)
            # A single letter may be a side (眼压 R 32mmHg), and is no end.
            following = next((name.start for name in names[at + 1 : at + 4] if name.end - name.start > 1), len(text))
            until = min(sentence, hit.end + _AFTER, following)
            match = _VALUE.match(text, hit.end, until)
            if match is None:
                listed = [*listed, hit] if _LISTED.fullmatch(text, hit.end, following) else []
                continue
            shared = listed if _EACH.search(text, hit.end, match.start("n")) else []
            listed = []
            for named in (*shared, hit):
                told = self._read(text, named, match, until, clauses, subject)
                if told is not None:
                    yield told

    def _read(
        self, text: str, hit: Hit, match: re.Match[str], until: int, clauses: Clauses, subject: Subject
    ) -> Told | None:
        named, unit = self._row(text, hit, match, clauses)
        if named is None:
            return None
        analyte = named.analyte
        scale = analyte.amount(1.0, unit) if unit else None
        flag = _FLAG.match(text, match.end(), until)
        if scale is None and flag is None:
            return None
        least, most = _range(match, scale or 1.0)
        end = flag.end() if flag else match.end()
        written = f"{analyte.name} {' '.join(text[match.start('n') : match.end()].split())}"
        if not match["unit"] and not match["wan"]:
            written += f" (read as {unit})"
        verdict, why = self._verdict(text, match, flag, analyte.norm, (least, most), subject, analyte.margin)
        if verdict in (Verdict.HIGH, Verdict.LOW):
            finding = analyte.finding(verdict)
            if finding is None:
                return None
            id = finding.at(verdict, least if verdict is Verdict.HIGH else most) if scale else finding.id
            return Told(Quantity(hit.start, end, id, f"{written}: {verdict}, {why}", named.channel))
        one_sided = (analyte.high is None) != (analyte.low is None)
        said = _SAID_NORMAL.match(text, match.end())
        if verdict is Verdict.WITHIN or said is not None:
            finding = analyte.high or analyte.low
            clearly = self._is_clearly_within(analyte.norm, (least, most), subject)
            if finding is not None and ((one_sided and clearly) or said is not None):
                end = said.end() if said is not None else end
                return Told(Quantity(hit.start, end, finding.id, f"{written}: within", named.channel), excluded=True)
            return None
        return Told(Unjudged(hit.start, end, written, why))

    def _is_clearly_within(self, norm: Norm, amount: tuple[float, float], subject: Subject) -> bool:
        """Whether a value is that far inside its norm that it answers the question."""
        low, high = amount[0] * (1 - _CLEARLY), amount[1] * (1 + _CLEARLY)
        return norm.judge(low, high, subject, 0.0)[0] is Verdict.WITHIN

    def _verdict(
        self,
        text: str,
        match: re.Match[str],
        flag: re.Match[str] | None,
        norm: Norm,
        amount: tuple[float, float],
        subject: Subject,
        margin: float,
    ) -> tuple[Verdict, str]:
        if flag is not None:
            return (Verdict.HIGH if flag["H"] or flag["up"] else Verdict.LOW), "by the note's own flag"
        own = _OWN.match(text, match.end())
        if own is not None:
            low, high = own["low"] or own["lower"], own["high"] or own["upper"]
            band = Band(0.0, None, amount_of(low) if low else None, amount_of(high) if high else None)
            value = amount_of(match["n"].lstrip("-"))
            verdict, _ = Norm((band,)).judge(value, value, Subject(), 0.0)
            return verdict, f"by the note's own norm {own.group().strip(' ,;(')}"
        return norm.judge(*amount, subject, margin)

    def _row(
        self, text: str, hit: Hit, match: re.Match[str], clauses: Clauses
    ) -> tuple[NamedAnalyte | None, str | None]:
        """The row that a name means here, by specimen and unit; and the unit."""
        rows = hit.entry.rows if isinstance(hit.entry, NamedQuantity) else ()
        written = "万" if match["wan"] else _unit(match["unit"]) if match["unit"] else None
        specimen = self._specimen(text, hit, clauses)
        fitting = [row for row in rows if row.analyte.specimen == specimen]
        name = text[hit.start : hit.end]
        if written is None and "a" <= name[-1] <= "z" and (len(name) == 1 or match.start("n") == hit.end):
            # T2 and IgG2 are no values; K 2.8 is.
            fitting = [row for row in fitting if name == "k" and match.start("n") > hit.end]
        for row in fitting:
            unit = written or row.assumed
            if written == "万":
                unit = "10^4/ul" if "10^9/l" in row.analyte.units else None
            if unit == "10^4/ul" or (unit is not None and unit in row.analyte.units):
                return row, unit if unit != "10^4/ul" else "10^9/l"
        return None, None

    def _specimen(self, text: str, hit: Hit, clauses: Clauses) -> str:
        """What was examined: the last one named in the sentence up to here, else blood."""
        low, _ = clauses.sentence(hit.start)
        last = "blood"
        for match in _SPECIMEN.finditer(text, max(low, hit.start - 120), hit.end):
            last = _SPECIMENS.get(match[0], "blood")
        own = {row.analyte.specimen for row in hit.entry.rows} if isinstance(hit.entry, NamedQuantity) else set()
        # 尿pH is none of the blood's, although only the blood's has a row.
        of_urine = text[hit.start - 1 : hit.start] == "尿" or (last == "urine" and text[hit.start : hit.end] == "ph")
        return own.pop() if len(own) == 1 and not of_urine else last


def _is_of_longer(text: str, hit: Hit) -> bool:
    """Whether the bare word for protein ends another one's name: 微球蛋白, 结合蛋白."""
    return text[hit.start : hit.end].startswith("蛋白") and text[hit.start - 1 : hit.start] in _PROTEINS


def _is_of_ratio(text: str, hit: Hit) -> bool:
    """Whether a name is the second of two whose ratio is told: 尿钙/肌酐 0.6."""
    return hit.start > 1 and text[hit.start - 1] == "/" and not text[hit.start - 2].isdigit()


def _range(match: re.Match[str], scale: float) -> tuple[float, float]:
    """Least and most in the unit of the norm; 万 counts tens of 10^9/l."""
    factor = scale * (10.0 if match["wan"] else 1.0)
    sign = -1.0 if match["n"].startswith("-") else 1.0
    least = sign * amount_of(match["n"].lstrip("-")) * factor
    most = amount_of(match["n2"]) * factor if match["n2"] else least
    bound = match["bound"] or ""
    if bound in ("<", "≤"):
        least = 0.0
    elif bound in (">", "≥"):
        most = float("inf")
    return min(least, most), max(least, most)


def _unit(written: str) -> str:
    if written.startswith("次/"):
        return "/min"
    plain = written.replace(" ", "").lstrip("x")
    if plain == "μg":
        return "ug"
    if plain in ("10^6/l", "秒", "s", "ms", "mmol", "mg", "ug"):
        return plain
    return canonical_unit(written)
