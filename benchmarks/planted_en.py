"""English notes with planted identifiers: a form, a letter, a story."""

from __future__ import annotations

import random

from benchmarks.planted import Record, add_findings

_MONTHS = ("January", "Feb", "March", "Apr", "May", "June", "July", "Aug", "September", "Oct", "Nov", "December")


_ROADS = ("Oak", "Maple Hill", "St. George", "Ashgrove")
ENGLISH_FIRST = (
    "John",
    "Mary",
    "Ahmed",
    "Priya",
    "Emma",
    "Oliver",
    "Thandiwe",
    "Xiomara",
    "Siobhan",
    "Kwame",
    "Ingrid",
    "Mateo",
    "Yuki",
    "Noor",
    "Dimitri",
    "Beatriz",
    "Callum",
    "Zainab",
    "Leticia",
    "Tomasz",
    "Aoife",
    "Babajide",
)


ENGLISH_LAST = (
    "Smith",
    "Johnson",
    "O'Brien",
    "Okafor",
    "Nguyen",
    "Garcia-Lopez",
    "Müller",
    "Kowalski",
    "Fernandez",
    "Turner",
    "Williams",
    "Hartley",
    "Adeyemi",
    "Papadopoulos",
    "Lindqvist",
    "McDonald",
    "Baptiste",
    "Yamamoto",
    "Thornbury",
    "Achterberg",
    "Wilson",
    "Hunter",
)


EN_FINDINGS = (
    "global developmental delay", "Marfan syndrome", "Noonan syndrome", "seizures", "cleft palate",
    "Down syndrome", "Smith-Lemli-Opitz syndrome", "Turner syndrome", "Williams syndrome", "café-au-lait spots",
    "hypotonia", "FBN1", "MECP2 c.502C>T (p.Arg168*)", "head circumference 42.1 cm (-3.2 SD)",
    "gestation 38+2 weeks", "blood pressure 120/80", "short stature", "Drooling", "DRD2 variant",
    "Hirschsprung disease", "Wilson disease", "karyotype 47,XX,+21", "Brown syndrome", "ammonia 180 umol/L",
    "aged 3 years 5 months", "Duchenne muscular dystrophy", "Russell-Silver syndrome",
)  # fmt: skip


def english_name(dice: random.Random) -> tuple[str, str]:
    """First and last."""
    return dice.choice(ENGLISH_FIRST), dice.choice(ENGLISH_LAST)


def english_form(dice: random.Random) -> Record:
    """A head with labels, then the story."""
    record, (first, last) = Record(), english_name(dice)
    gap = dice.choice(("\n", " | ", "\t"))
    name = dice.choice((f"{first} {last}", f"{last.upper()}, {first}", f"{first} Q. {last}"))
    record.say(
        dice.choice(("Patient Name: ", "Name: ", "Patient name: ")),
        ("name", name),
        gap,
        "DOB: ",
        ("date", _numeric(dice, dice.randint(2005, 2023))),
        gap,
    )
    record.say(
        "MRN: ",
        ("record_number", str(dice.randint(10**5, 10**8))),
        gap,
        "Phone: ",
        ("phone", f"({dice.randint(200, 989)}) {dice.randint(200, 999)}-{dice.randint(0, 9999):04}"),
        gap,
    )
    record.say(
        "Address: ",
        (
            "address",
            f"{dice.randint(1, 9999)} {dice.choice(_ROADS)} {dice.choice(('Street', 'Road', 'Ave', 'Lane', 'Drive'))}",
        ),
        "\nFindings: ",
    )
    add_findings(dice, record, EN_FINDINGS, ", ")
    record.say(
        ".\n",
        ("name", last),
        "'s mother reports ",
        [dice.choice(EN_FINDINGS)],
        ".\nElectronically signed by: ",
        ("name", " ".join(english_name(dice))),
        ", MD",
    )
    return record


def english_letter(dice: random.Random) -> Record:
    """A letter from one physician to another."""
    record, (first, last), (_, doctor), month = Record(), english_name(dice), english_name(dice), dice.choice(_MONTHS)
    title = dice.choice(("Mr", "Mrs", "Ms", "Miss", "Mr."))
    record.say(
        "Dear Dr ",
        ("name", doctor),
        ",\nRe: ",
        ("name", f"{first} {last}"),
        ", Hospital No. ",
        ("record_number", f"H{dice.randint(10**4, 10**7)}"),
        "\n",
    )
    date = (f"{dice.randint(1, 28)} {month} ", f"{month} {dice.randint(1, 28)}, ")[dice.randint(0, 1)]
    record.say(
        f"I saw {title} ",
        ("name", last),
        " on ",
        ("date", date.rstrip(" ,")),
        date[len(date.rstrip(" ,")) :],
        str(dice.randint(2010, 2025)),
        " with ",
    )
    add_findings(dice, record, EN_FINDINGS, ", ")
    record.say(
        ". ",
        ("name", first),
        " was seen again with ",
        [dice.choice(EN_FINDINGS)],
        ". Contact: ",
        ("email", f"{first.lower()}.{dice.randint(1, 99)}@example.org"),
        " or ",
    )
    record.say(
        ("phone", f"+44 20 {dice.randint(1000, 9999)} {dice.randint(1000, 9999)}"),
        "; flat in ",
        ("address", dice.choice(("SW1A 1AA", "M13 9WL", "EH8 9YL"))),
        ".\nYours sincerely,\nDr. ",
        ("name", " ".join(english_name(dice))),
    )
    return record


def english_story(dice: random.Random) -> Record:
    """Running text."""
    record, (first, last) = Record(), english_name(dice)
    record.say(
        ("name", f"{first} {last}"), f" is a {dice.randint(1, 17)}-year-old {dice.choice(('boy', 'girl'))} with "
    )
    add_findings(dice, record, EN_FINDINGS, ", ")
    record.say(
        f". Admitted {dice.randint(2010, 2025)}-",
        ("date", f"{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"),
        " under Prof. ",
        ("name", english_name(dice)[1]),
        ", Bed ",
        ("record_number", str(dice.randint(1, 40))),
    )
    record.say(
        ". Family history: ",
        [dice.choice(EN_FINDINGS)],
        ". SSN ",
        ("resident_id", f"{dice.randint(100, 899)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}"),
        ". Portal https://",
        ("url", f"my.example.org/p/{dice.randint(1, 10**6)}"),
        " .",
    )
    return record


def _numeric(dice: random.Random, year: int) -> str:
    month, day = dice.randint(1, 12), dice.randint(1, 28)
    return dice.choice((f"{month:02}/{day:02}/{year}", f"{day}/{month}/{year}", f"{year}-{month:02}-{day:02}"))
