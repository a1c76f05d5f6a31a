"""Bytes of letters to text: a byte order mark, UTF-8, else the one of a few encodings whose letters are likeliest.

Every encoding is tried strictly, so that a byte out of place rules it out. What is left is weighed by its letters:
Chinese read in the wrong encoding gives characters too, but seldom those that people write.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.documents.document import Refusal, Refused

#: Characters that general and clinical Chinese is full of, simplified and traditional. Chosen by hand.
_FREQUENT = frozenset(
    "的一是不了在有人我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手"
    "用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位"
    "因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白"
    "应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社"
    "术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写"
    "主诉现病史既往家族查体格辅助检诊断患者岁男女月经出院入院孕产足喂养母亲父亲哥姐弟妹癫痫抽搐发热咳嗽呕吐腹泻痛肿肌张力低下增高智力语言运动发育迟缓落后听力视力"
    "心脏肝脾肾肺脑骨骼皮肤眼耳鼻喉口唇腭指趾脊柱侧弯身材矮小体重头围尿血糖酸酶氨基因突变染色异常正常阳性阴性未见可及无明显伴左右双侧胸腹部四肢颅超声磁共振电图治疗"
    "給這個來說們為時會過學對後麼沒發開見經頭動兩長樣現實還進點種聲話兒問機業間門東話關產萬體別處總場師書員報馬難數應車係計愛讓認論義術結連遠資隊帶條變聯權領"
    "傳紅決週達辦運區轉量訴現病診斷檢查輔助歲養親癲癇熱嘔瀉腫張語遲緩後聽視臟腦膚腭側彎圍醣異陽陰顯雙顱磁療無與從將當親務氣電醫顯縮脹壓惡"
)
_PUNCTUATION = frozenset("，。、；：？！（）《》“”‘’【】「」『』…—～·％＋－×÷±°℃μΩ①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣ↑↓→≥≤　㎝㎏㎜㎎√○●■□")
#: Windows-1252 beside the accented letters.
_WESTERN = frozenset("°±µ×÷·²³¹½¼¾£€§©®«»‘’“”–—…•†‡™¿¡ ")
_SAMPLE = 20_000
_LEAST = 0.3
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    (b"\x84\x31\x95\x33", "gb18030", "GB18030"),
)
#: Encodings that a document may name, as MIME and HTML write them; GB 2312 and GBK are parts of GB 18030.
_DECLARED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb18030"), "gb18030"),
        **dict.fromkeys(("windows-1252", "iso-8859-1", "latin1", "us-ascii"), "cp1252"),
        "big5": "cp950",
        "big5-hkscs": "big5hkscs",
        "utf-16": "utf-16",
        "shift_jis": "cp932",
        "euc-jp": "euc_jp",
        "euc-kr": "cp949",
        "iso-8859-2": "iso8859-2",
        "iso-8859-15": "iso8859-15",
        "windows-1250": "cp1250",
        "windows-1251": "cp1251",
    }
)
_ASCII_LETTERS = re.compile("[A-Za-z]")
_BEYOND_ASCII = re.compile("[^\t-\x7f]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the name of the encoding that was decided on by its letters; None where it is UTF-8 or was marked."""

    text: str
    guessed: str | None


def decode(content: bytes, declared: str | None = None) -> Decoded:
    """The text of `content`; raises Refused where no encoding fits. `declared` is one that the content itself names."""
    for mark, codec, _ in _MARKS:
        if content.startswith(mark):
            text = _strictly(content, codec)
            if text is None:
                raise Refused(Refusal.ENCODING)
            return Decoded(text.removeprefix("\ufeff"), None)
    if b"\x00" not in content and (text := _strictly(content, "utf-8")) is not None:
        return Decoded(text, None)
    named = _codec(declared)
    if named and (text := _strictly(content, named)) is not None:
        return Decoded(text, None)
    return _likeliest(content)


def _likeliest(content: bytes) -> Decoded:
    candidates: list[tuple[str, str, Callable[[str], float]]] = [
        ("utf-16-le", "UTF-16", likelihood),
        ("utf-16-be", "UTF-16", likelihood),
    ]
    if b"\x00" not in content:
        candidates += [
            ("gb18030", "GB18030", likelihood),
            ("cp950", "Big5", likelihood),
            ("big5hkscs", "Big5-HKSCS", likelihood),
            ("cp1252", "Windows-1252", _western),
        ]
    best, found = _LEAST, None
    for codec, name, weigh in candidates:
        text = _strictly(content, codec)
        if text is not None and (weight := weigh(text[:_SAMPLE])) > best:
            best, found = weight, Decoded(text, name)
    if found is None:
        raise Refused(Refusal.ENCODING if b"\x00" not in content else Refusal.UNKNOWN)
    return found


def likelihood(text: str) -> float:
    """How likely the letters beyond ASCII are as Chinese, on average of them: from -2 to 1. ASCII alone counts 1."""
    weights = [_weight(character) for character in text if character > "\x7f" or character < "\t"]
    return sum(weights) / len(weights) if weights else 1.0


def _weight(character: str) -> float:
    if character in _FREQUENT or character in _PUNCTUATION:
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 0.35 if _is_everyday(character) else -0.5
    if "\uff01" <= character <= "\uff5e" or "α" <= character <= "ω":
        return 0.5
    return -2.0


def _is_everyday(character: str) -> bool:
    """Whether the standards class it as common: level 1 of GB 2312 (rows 16 to 55) or of Big5 (lead bytes A4 to C6)."""
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            if first <= character.encode(codec)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False


def _western(text: str) -> float:
    """How likely the letters beyond ASCII are as a Western language's: they stand alone, or two together in a word."""
    weights: list[float] = []
    for run in _BEYOND_ASCII.finditer(text):
        beside = text[max(run.start() - 1, 0) : run.start()], text[run.end() : run.end() + 1]
        weights += [_western_weight(run[0], *beside)] * len(run[0])
    return sum(weights) / len(weights) if weights else 1.0


def _western_weight(run: str, before: str, after: str) -> float:
    in_word = [bool(_ASCII_LETTERS.match(each)) for each in (before, after)]
    if len(run) == 1 and (run in _WESTERN or (run.isalpha() and any(in_word))):
        return 0.9
    return 0.5 if len(run) == 2 and run.isalpha() and all(in_word) else -0.5


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _codec(declared: str | None) -> str | None:
    """The codec of an encoding that a document names: of those that letters are in, and GB 2312 as what contains it."""
    return _DECLARED.get((declared or "").strip().casefold())
