"""Both dictionaries' words for the ranking on the bench, the comparison of two diseases, and the first impression."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_RANKING = {
    "near": ("Stated in broader or narrower terms", "以更宽泛或更具体的术语记载的表型"),
    "bar_missing": ("nothing like it is known of the disease", "该病没有类似的记载"),
    "bar_contradicting": ("contradicts the disease", "与该病矛盾"),
    "for": ("speaks for: {label}, {worth}", "支持：{label}，{worth}"),
    "against": ("speaks against: {label}, {worth}", "不支持：{label}，{worth}"),
    "neither": ("speaks neither for nor against: {label}", "既不支持也不反对：{label}"),
    "compare": ("Compare", "对比"),
    "compare_of": ("Compare {name}", "对比 {name}"),
    "compare_title": ("Side by side", "并列对比"),
    "compare_hint": ("What tells the two apart most comes first.", "最能区分两者的表型排在最前。"),
    "compare_none": ("Tick two diseases to compare them.", "勾选两种疾病进行对比。"),
    "compare_one": ("Tick a second disease to compare it with {name}.", "再勾选一种疾病，与 {name} 对比。"),
    "compare_full": (
        "Two diseases are compared: untick one to choose another.",
        "已在对比两种疾病：先取消一种，才能另选。",
    ),
    "compare_gone": ("{id} is no longer among those listed.", "{id} 已不在列表中。"),
    "compare_end": ("End the comparison", "结束对比"),
    "compare_finding": ("Finding", "表型"),
    "no_part": ("takes no part in its score", "不计入其得分"),
    "unknown": ("Not known", "不清楚"),
    "unknown_of": ("Not known: {label}", "不清楚：{label}"),
    "aside": ("Put aside as not known: {count}", "因不清楚而搁置：{count} 项"),
    "ask_again": ("Ask again", "重新提问"),
    "ask_again_of": ("Ask again: {label}", "重新提问：{label}"),
}
_IMPRESSION = {
    "title": ("Before the list: what do you think it is?", "看列表之前：您认为是什么病？"),
    "offer": ("Write your first impression", "写下您的初步印象"),
    "label": (
        "Your first impression: a disease, a group of diseases, or that you do not know yet",
        "您的初步印象：某种疾病、某类疾病，或暂不清楚",
    ),
    "why": (
        "An impression written before the list is looked at is not led by it. It stays beside the list.",
        "看列表之前写下的印象不受列表影响，之后会一直显示在列表旁。",
    ),
    "why_required": (
        "This site shows the list once you have written what you think: it is then not led by the list. "
        "It stays beside the list.",
        "本单位规定先写下印象再显示列表，以免受列表影响。印象之后会一直显示在列表旁。",
    ),
    "keep": ("Keep it", "保存印象"),
    "keep_and_show": ("Keep it and show the list", "保存并显示列表"),
    "pass": ("Pass over", "略过"),
    "yours": ("Your first impression:", "您的初步印象："),
    "colleagues": ("First impression of a colleague:", "同事的初步印象："),
    "nobody": (
        "This site shows the list once a first impression has been written. Nobody who may change this case has "
        "written one yet.",
        "本单位规定写下初步印象后才显示列表。有权修改本病例的人尚未写下印象。",
    ),
}


_WORDS = {
    **{f"rank.{key}": words for key, words in _RANKING.items()},
    **{f"impression.{key}": words for key, words in _IMPRESSION.items()},
}

RANKING_ENGLISH: Mapping[str, str] = MappingProxyType({key: words[0] for key, words in _WORDS.items()})
RANKING_CHINESE: Mapping[str, str] = MappingProxyType({key: words[1] for key, words in _WORDS.items()})
