"""Chinese notes with planted identifiers: the head of an admission, a story, a note half covered already."""

from __future__ import annotations

import random

from benchmarks.planted import Record, add_findings
from service.deidentify.checks import resident_check

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤"
)


DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "慕容", "令狐", "夏侯")


GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅建国文志新宇轩梓涵浩然子欣怡思雨佳琪俊晨博雅婷雪琳瑞嘉豪诗萱依诺一鸣天佑铭泽睿若曦语桐沐阳晓东海燕春红云龙凤飞鹏程万里永福长庚"
    "德厚慧贤淑珍凯旋彤妍筱芷珂昊霖奕辰楚乔亚男胜利根生"
)


CITIES = (
    ("湖南省", "长沙市", "岳麓区"),
    ("广东省", "广州市", "天河区"),
    ("四川省", "成都市", "武侯区"),
    ("浙江省", "温州市", "瓯海区"),
    ("", "北京市", "海淀区"),
    ("河南省", "驻马店市", "西平县"),
)


ROADS = ("麓山南路", "中山大道", "人民东路", "解放街", "和平里", "建设二路", "学院路")


ZH_FINDINGS = (
    "肌张力低下", "黄疸", "高热", "白内障", "方颅", "马凡综合征", "唐氏综合征", "高腭弓", "眼距宽", "通贯掌",
    "金黄色尿", "石骨症", "房间隔缺损", "高血压", "常染色体显性遗传", "周围神经病", "毛发稀疏", "易激惹",
    "单侧隐睾", "关节过度活动", "水肿", "蓝巩膜", "全面发育迟缓", "癫痫发作", "雷特综合征", "小头畸形",
    "FBN1基因变异", "c.1129C>T (p.Arg377*)", "头围42cm（-3.2SD）", "孕38+2周出生", "血压120/80mmHg",
    "核型47,XX,+21", "血氨180μmol/L", "第5指弯曲", "何杰金淋巴瘤", "白化病", "左室肥厚",
)  # fmt: skip


def chinese_name(dice: random.Random) -> str:
    """A surname and one or two characters."""
    surname = dice.choice(DOUBLE) if dice.random() < 0.05 else dice.choice(SURNAMES)
    return surname + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))


def resident_id(dice: random.Random) -> str:
    """Eighteen characters with a right check character, or fifteen of the old form."""
    born = f"{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    region = dice.choice(("430102", "440106", "110108", "510107", "330304"))
    if dice.random() < 0.15:
        return f"{region}{dice.randint(50, 99)}{born}{dice.randint(1, 999):03}"
    digits = f"{region}{dice.randint(1950, 2024)}{born}{dice.randint(1, 999):03}"
    return digits + resident_check(digits)


def chinese_phone(dice: random.Random) -> str:
    """A mobile phone in one of its spellings, or a landline."""
    a, b, c = (
        f"1{dice.choice('3456789')}{dice.randint(0, 9)}",
        f"{dice.randint(0, 9999):04}",
        f"{dice.randint(0, 9999):04}",
    )
    return dice.choice(
        (a + b + c, f"{a}-{b}-{c}", f"{a} {b} {c}", f"+86 {a}{b}{c}", f"0731-8{dice.randint(0, 9999999):07}")
    )


def chinese_date(dice: random.Random) -> tuple[str, str]:
    """The year, which stays, and the rest, which does not."""
    year, month, day = dice.randint(2005, 2025), dice.randint(1, 12), dice.randint(1, 28)
    return dice.choice(
        (
            (f"{year}年", f"{month}月{day}日"),
            (f"{year}-", f"{month:02}-{day:02}"),
            (f"{year}.", f"{month}.{day}"),
            (f"{year}/", f"{month:02}/{day:02}"),
        )
    )


def chinese_address(dice: random.Random) -> str:
    """Province to door."""
    province, city, district = dice.choice(CITIES)
    house = dice.choice(
        (f"{dice.randint(1, 999)}号", f"{dice.randint(1, 99)}号{dice.randint(1, 20)}栋{dice.randint(101, 2804)}室")
    )
    return province + city + district + dice.choice(ROADS) + house


def chinese_form(dice: random.Random) -> Record:
    """The head of an admission, then its story."""
    record, name, gap = Record(), chinese_name(dice), dice.choice(("  ", "\n", "\t", "　"))
    colon = dice.choice(("：", ":", "： "))
    year, rest = chinese_date(dice)
    record.say(
        "姓名",
        colon,
        ("name", name),
        gap,
        "性别",
        colon,
        dice.choice("男女"),
        gap,
        f"年龄{colon}{dice.randint(1, 40)}岁",
        gap,
    )
    record.say(
        "住院号",
        colon,
        ("record_number", f"{dice.randint(0, 9999999):07}"),
        gap,
        "床号",
        colon,
        ("record_number", str(dice.randint(1, 60))),
        gap,
    )
    record.say(
        "身份证号",
        colon,
        ("resident_id", resident_id(dice)),
        gap,
        "联系电话",
        colon,
        ("phone", chinese_phone(dice)),
        gap,
    )
    record.say(
        "家庭住址", colon, ("address", chinese_address(dice)), gap, "入院日期", colon, year, ("date", rest), "\n主诉："
    )
    add_findings(dice, record, ZH_FINDINGS, "、")
    record.say(
        "。\n现病史：患儿",
        ("name", name),
        "因上述症状就诊，家族史：母亲有",
        [dice.choice(ZH_FINDINGS)],
        "。\n主治医师：",
        ("name", chinese_name(dice)),
    )
    return record


def chinese_story(dice: random.Random) -> Record:
    """Running text."""
    record, name, (year, rest) = Record(), chinese_name(dice), chinese_date(dice)
    record.say(
        dice.choice(("患者", "患儿", "病人", "先证者")),
        ("name", name),
        "，",
        dice.choice("男女"),
        f"，{dice.randint(1, 17)}岁，因“",
    )
    add_findings(dice, record, ZH_FINDINGS, "，")
    record.say(
        "”于",
        year,
        ("date", rest),
        "就诊。其父",
        ("name", chinese_name(dice)),
        "，体健；其母",
        ("name", chinese_name(dice)),
        "诉患儿有",
        [dice.choice(ZH_FINDINGS)],
    )
    record.say(
        "。家住",
        ("address", chinese_address(dice)),
        "，电话",
        ("phone", chinese_phone(dice)),
        "。",
        ("name", name[:2] if name[:2] in DOUBLE else name[0]),
        "主任查房，考虑",
        [dice.choice(ZH_FINDINGS)],
    )
    record.say(
        "。微信号：",
        ("account", f"wx_{dice.randint(10**5, 10**7)}"),
        "，邮箱",
        ("email", f"p{dice.randint(1, 9999)}@163.com"),
        "。",
    )
    return record


def chinese_anonymous(dice: random.Random) -> Record:
    """Half-covered names, short dates, old beds, cards."""
    record = Record()
    record.say(
        ("name", dice.choice(SURNAMES) + dice.choice(("某", "某某", "XX", "××"))),
        f"，女，{dice.randint(20, 60)}岁，",
        ("record_number", str(dice.randint(1, 60))),
        "床。病案号 ",
    )
    record.say(
        ("record_number", f"ZY{dice.randint(10**6, 10**7)}"),
        "，",
        ("date", f"{dice.randint(1, 12)}月{dice.randint(1, 28)}日"),
        "复查，",
        [dice.choice(ZH_FINDINGS)],
        "，",
    )
    record.say(
        "医保卡号：", ("card", str(dice.randint(10**15, 10**16))), "。经", ("name", chinese_name(dice)), "医生会诊："
    )
    add_findings(dice, record, ZH_FINDINGS, "；")
    record.say("。签名：", ("name", chinese_name(dice)), "/", ("name", chinese_name(dice)))
    return record
