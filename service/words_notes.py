"""Both dictionaries' words for what is told beside a mention: its section, and why words are read as a term."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SECTIONS = {
    "chief complaint": "主诉",
    "present illness": "现病史",
    "past medical history": "既往史",
    "history of present illness": "现病史",
    "history": "病史",
    "birth history": "出生史",
    "developmental history": "发育史",
    "social history": "社会史",
    "medications": "用药",
    "allergies": "过敏史",
    "review of systems": "系统回顾",
    "assessment": "评估",
    "family history": "家族史",
    "examination": "体格检查",
    "investigations": "辅助检查",
    "diagnosis": "诊断",
    "plan": "处理",
}
_SOURCES = {
    "label": "术语名称",
    "Chinese lexicon": "中文词表",
    "everyday wording": "日常说法",
    "exact synonym": "完全同义词",
    "broad synonym": "广义同义词",
    "narrow synonym": "狭义同义词",
    "related synonym": "相关同义词",
    "layperson's exact synonym": "通俗完全同义词",
    "layperson's broad synonym": "通俗广义同义词",
    "layperson's narrow synonym": "通俗狭义同义词",
    "layperson's related synonym": "通俗相关同义词",
}
_STEPS = {
    "abbreviation": "缩写",
    "spelling": "拼写",
    "inflection": "词形变化",
    "substitution": "近义替换",
    "order": "语序",
    "words between": "中间有其他词",
    "shared words": "共用词语",
    "normality": "所述正常",
    "english": "英文",
}
_ALL = {
    f"{kind}.{english}": (english, chinese)
    for kind, rows in (("section", _SECTIONS), ("grounds.source", _SOURCES), ("grounds.step", _STEPS))
    for english, chinese in rows.items()
}

NOTES_ENGLISH: Mapping[str, str] = MappingProxyType({key: english for key, (english, _) in _ALL.items()})
NOTES_CHINESE: Mapping[str, str] = MappingProxyType({key: chinese for key, (_, chinese) in _ALL.items()})
