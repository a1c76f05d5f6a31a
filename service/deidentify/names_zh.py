"""Chinese names, found by what stands around them: a label, a title, a kinship, or sex and age behind.

A name in running text needs a surname of the list, no character that stands in no name, and a place to end. Behind a
label such as 姓名： anything may be a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.deidentify.lists import read_list

_CJK = r"[\u4e00-\u9fff]"
_KIN = (
    "外?祖父母|父母亲?|父亲|母亲|爸爸|妈妈|外?祖父|外?祖母|爷爷|奶奶|外公|外婆|姥姥|姥爷|哥哥|姐姐|弟弟|妹妹|丈夫|妻子|配偶"
    "|儿子|女儿|长子|次子|长女|次女|舅舅|叔叔|伯父|姑姑|姑妈|姨妈|阿姨|监护人|家属|家长|亲属|本人|父|母|兄|姐|弟|妹"
)
_PATIENT = "患者|患儿|病人|病员|产妇|孕妇|孕母|产母|先证者|受检者|新生儿|婴儿|患婴"
_OFFICE = "医师|医生|大夫|主任|教授|护士长|护士|护师|技师|药师|院长|咨询师|检查者|检验者|记录者|操作者|术者|助手"
_OFFICE += "|审核者|报告者|签发者|录入员"
_STRONG = re.compile(
    rf"(?:(?:{_PATIENT}|{_KIN})?(?:的)?姓\s?名|联\s?系\s?人|供史者|(?:病史)?陈述者|代理人|委托人|曾用名|别名|昵称|乳名|小名"
    rf"|签\s?[名字]|{_OFFICE}(?:签名|签字|姓名)?)\s?(?:[:：]\s{{0,6}}|(?<=名)\s{{1,6}}|(?<=名)[为是叫])"
)
_CUE = re.compile(
    rf"(?:{_PATIENT}|{_KIN}|{_OFFICE}|名叫|名为|叫做?|我是|陪护|同意人|告知人|谈话人|主刀|一助|二助)(?:签[名字])?[:,，(（“\"]?\s{{0,2}}"
)
_LISTED = re.compile(r"\s?[/、,，和及与]\s?")
_TITLED = re.compile(
    rf"(?:(?<!{_CJK})|(?<=[由请经与和及向被是为诉见找遵按据科院师同员任谢着组]))"
    rf"(?P<v><SURNAME>{_CJK}{{0,2}}?)(?:副?主任|副?教授|医生|医师|大夫|护士|院长|先生|女士|小姐|老师|阿姨|同学|小朋友|宝宝|的(?:父亲|母亲|爸爸|妈妈|家属|家长))"
)
_SEX_BEHIND = re.compile(r"\s?[,，、(（|\s]\s?(?:性别[:：]?)?[男女](?:性|婴|孩|童)?(?:$|[^\u4e00-\u9fff]|患)")
_SOME = re.compile(rf"(?:<SURNAME>(?:某{{1,3}}|{_CJK}某|某{_CJK}|[XxＸ×○〇]{{2,3}}(?![A-Za-z线])|×))")
#: Where a value behind a label ends although no sign says so.
_NEXT_LABEL = re.compile(
    "性别|年龄|男性|女性|科室|科别|科|住院|出生|民族|职业|电话|手机|床|病案|门诊|身份|证件|联系|日期|时间|签|与患|关系|婚姻|籍贯|地址|住址"
    "|工作|主诉|入院|病史|病历|现病|既往|查房|报告|审核|汉族"
)
_KIN_FIRST = re.compile(rf"(?:{_PATIENT}|其)?(?:之)?(?:{_KIN})(?:[:：(（]\s?)?")
_RUN = re.compile(rf"{_CJK}{{1,8}}(?:[·•∙・.]{_CJK}{{1,8}}){{1,4}}|{_CJK}{{1,15}}")
#: 李 四: a name of two or three characters, set apart to fill a column.
_APART = re.compile(rf"{_CJK}(?:[ \u3000]{_CJK}){{1,2}}(?!{_CJK})")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ .][A-Za-z][A-Za-z'’-]*){0,3}")
_NONE = frozenset(("不详", "无", "未知", "未填", "同上", "如下", "空", "本人", "待定", "见", "略"))
_AGE = re.compile(r"[,，、\s]{0,2}\d")
_FOLLOWS = frozenset("男女因于以系自诉在来就入现今之是为及和与同由被代办签送抱生曾已拟行今")
_ILLNESS = re.compile(r"氏?(?:综合|症|病|征|畸形|瘤|现象|反射|试验|四联|斑|线|环)")


@dataclass(frozen=True)
class ChineseNames:
    """Finds names in a folded text."""

    single: frozenset[str]
    double: frozenset[str]
    not_names: frozenset[str]
    not_given: frozenset[str]
    titled: re.Pattern[str]
    some: re.Pattern[str]

    @staticmethod
    def open() -> ChineseNames:
        """With the lists of the package."""
        surnames = read_list("surnames_zh.txt")
        single = frozenset(name for name in surnames if len(name) == 1)
        double = surnames - single
        surname = f"(?:{'|'.join(sorted(double))}|[{''.join(sorted(single))}])"
        return ChineseNames(
            single,
            double,
            read_list("not_names_zh.txt"),
            read_list("no_given_zh.txt"),
            re.compile(_TITLED.pattern.replace("<SURNAME>", surname)),
            re.compile(_SOME.pattern.replace("<SURNAME>", surname)),
        )

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every name that its surroundings show, perhaps more than once."""
        for match in _STRONG.finditer(text):
            yield from self._values(text, match.end())
        for match in _CUE.finditer(text):
            yield from self._listed(text, self.name_at(text, match.end()))
        for match in self.titled.finditer(text):
            start, end = match.span("v")
            if self._clean(text, start, end):
                yield start, end
        for match in self.some.finditer(text):
            yield match.span()
        yield from self._before_sex(text)

    def name_at(self, text: str, start: int) -> tuple[int, int] | None:
        """A name in running text that begins at `start` and has a place to end."""
        surname = self._surname(text, start)
        if not surname:
            return None
        for given in (2, 1):
            end = start + surname + given
            sex = text[end - 1 : end] == "男" and _AGE.match(text, end)  # 亚男 is a name, 张三男，3岁 more than one
            if end <= len(text) and self._clean(text, start, end) and self._may_end(text, end) and not sex:
                return start, end
        return None

    def spread(self, text: str, name: str, sure: bool) -> Iterator[tuple[int, int]]:
        """Every other place of `name`, but for diseases called so; an everyday word only where the caller is `sure`."""
        everyday = name in self.not_names
        if everyday and not sure:
            return
        for match in re.finditer(r"\s{0,2}".join(map(re.escape, name)), text):
            start, end = match.span()
            inside = everyday and (
                text[max(0, start - 1) : start] in tuple("肌眼腹血胃肠颅") or _ends_as_finding(text, end)
            )
            if not inside and not _ILLNESS.match(text, end):
                yield start, end

    def _values(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """The name behind a label, whatever it is made of, and others listed with it."""
        kin = _KIN_FIRST.match(text, start)
        start = kin.end() if kin else start
        apart = _APART.match(text, start)
        if apart:
            yield apart.span()
            return
        run = _RUN.match(text, start)
        if run is None:
            latin = _LATIN.match(text, start)
            if latin:
                yield latin.span()
            return
        found = (start, self._value_end(text, run))
        if found[0] < found[1]:
            yield from self._listed(text, found)

    def _value_end(self, text: str, run: re.Match[str]) -> int:
        start, end = run.span()
        label = _NEXT_LABEL.search(text, start, end)
        if label and label.start() > start:
            end = label.start()
        word = text[start:end]
        if (label and label.start() == start) or word in _NONE or word[:2] in _NONE:
            return start
        if end - start <= 4 or not word.isalpha():
            return end
        if word[:2] in self.not_names:
            return start
        return start + (4 if text[start : start + 2] in self.double else 3)

    def _listed(self, text: str, found: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
        while found:
            yield found
            sign = _LISTED.match(text, found[1])
            found = self.name_at(text, sign.end()) if sign else None

    def _before_sex(self, text: str) -> Iterator[tuple[int, int]]:
        """`张三，男，3岁`: a name at the start of something, with the sex behind it."""
        for match in _SEX_BEHIND.finditer(text):
            for length in (4, 3, 2):
                start = match.start() - length
                if start < 0 or (start and _is_cjk(text[start - 1])):
                    continue
                surname = self._surname(text, start)
                if surname and 1 <= length - surname <= 2 and self._clean(text, start, match.start()):
                    yield start, match.start()

    def _surname(self, text: str, start: int) -> int:
        if text[start : start + 2] in self.double:
            return 2
        return 1 if text[start : start + 1] in self.single else 0

    def _clean(self, text: str, start: int, end: int) -> bool:
        given = text[start + self._surname(text, start) : end]
        if any(
            text.startswith(word, start)
            for word in (text[start : start + 2], text[start : start + 3])
            if word in self.not_names
        ):
            return False
        return all(_is_cjk(sign) and sign not in self.not_given for sign in given)

    def _may_end(self, text: str, end: int) -> bool:
        return end == len(text) or not _is_cjk(text[end]) or text[end] in _FOLLOWS


def _ends_as_finding(text: str, end: int) -> bool:
    return text[end : end + 1] in tuple("低高减增性异过不偏下升亢")


def _is_cjk(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"
