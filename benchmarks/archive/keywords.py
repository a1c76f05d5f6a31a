"""What a hospital would do without us: count words that speak of rare disease."""

from __future__ import annotations

import re
from collections.abc import Iterable

KEYWORDS = (
    "dysmorphic", "syndrome", "congenital", "developmental delay", "development", "hypotonia", "genetic", "consanguin",
    "malformation", "anomal", "hereditary", "inherited", "mutation", "chromosom", "floppy", "failure to thrive",
    "short stature", "intellectual", "learning", "autis", "seizure", "epilep", "ataxia", "dystonia", "regression",
    "metabolic", "cleft", "cardiomyopathy", "deaf", "hearing", "retin", "cataract", "wasting", "weakness", "neuropathy",
    "leukodystrophy", "microcephaly", "macrocephaly", "scoliosis", "contracture", "milestones", "since birth",
    "at birth", "unusual", "abnormal", "rare disease", "undiagnosed", "unexplained", "multiple specialists", "gene",
    "畸形", "综合征", "先天", "发育迟缓", "发育落后", "肌张力低", "遗传", "近亲", "染色体", "基因", "代谢", "特殊面容",
    "矮小", "智力", "孤独症", "自闭", "抽搐", "癫痫", "共济失调", "倒退", "唇裂", "腭裂", "心肌病", "耳聋", "听力",
    "视网膜", "白内障", "肌萎缩", "肌无力", "周围神经", "小头", "头围", "脊柱侧弯", "挛缩", "出生", "自幼", "罕见",
    "原因不明", "待查", "多发", "发育", "落后", "喂养困难", "生长", "骨龄", "隐睾", "并指", "多指", "眼距", "低位",
)  # fmt: skip
_ANY = re.compile("|".join(map(re.escape, KEYWORDS)), re.IGNORECASE)


def keyword_score(texts: Iterable[str]) -> int:
    """How many different keywords a patient's notes hold."""
    return len({match.casefold() for text in texts for match in _ANY.findall(text)})
