"""Laboratory values, vital signs and milestones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.amounts import canonical_unit, number
from nlp.analytes import Analytes
from nlp.english import EnglishReader
from nlp.norms import AgeSpan, Norm, Subject, Verdict
from nlp.quantitative import QuantityReader
from nlp.reading import Patient
from nlp.words import tokenise
from ontology.features import Assertion, PatientSex
from ontology.knowledge import Knowledge
from ontology.terms import UnknownTerm

READER = QuantityReader.open("en")
CK, AST, ALT, ANEMIA, IGG_LOW, IGA_LOW = (
    "HP:0003236", "HP:0031956", "HP:0031964", "HP:0001903", "HP:0004315", "HP:0002720",
)  # fmt: skip
LACTATE, AMMONIA, ALP, TSH_LOW, FT4 = "HP:0002151", "HP:0001987", "HP:0003155", "HP:0031098", "HP:0033077"
YEAR = 365.25
UNKNOWN = Patient()


def ids(text: str, patient: Patient = UNKNOWN) -> list[str]:
    return [found.id for found in READER.find(text, tokenise(text), patient)[0]]


def reasons(text: str, patient: Patient = UNKNOWN) -> list[str]:
    return [unjudged.reason for unjudged in READER.find(text, tokenise(text), patient)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("elevated CK", [CK]),
        ("CK raised", [CK]),
        ("CK was markedly elevated", [CK]),
        ("CK was not elevated", []),
        ("CK was normal", []),
        ("CK and ALT were checked", []),
        ("high-normal lactate", []),
        ("lactate was high normal", []),
        ("low IgG and IgA", [IGG_LOW, IGA_LOW]),
        ("elevated AST and ALT", [AST, ALT]),
        ("CK 5-fold elevated", [CK]),
        ("CK 10 times the upper limit of normal", [CK]),
        ("IgA nephropathy with low iron intake", []),
        ("low glucose transporter expression", []),
        ("urinary lactate was high", []),  # another specimen, for which there is no row
        ("elevated lactate on MRS", []),
    ],
)
def test_direction_is_read_from_words(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CK was 2600 IU/L (normal 50–150 IU/L)", [CK]),
        ("CK 190 U/l [ref 30-200]", []),
        ("CK 250 U/l (normal < 170)", [CK]),  # any excess over the note's own norm, no margin
        ("TSH of 0.01 (0.27–4.2 ng/dL)", [TSH_LOW]),
        ("thyroid-stimulating hormone (TSH) 0.01 (L), free thyroxine (FT4) 3.88 ↑", [TSH_LOW, FT4]),
        ("ALP 400 U/l (normal 35-129), calcium 2.4 mmol/l", [ALP]),
    ],
)
def test_norm_or_flag_of_the_note_goes_first(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_value_is_judged_by_age_and_left_alone_where_the_age_is_not_told() -> None:
    # 400 U/l: usual in a child of 8 (90-550), high in an adult (35-140).
    value = "Alkaline phosphatase 400 U/l."
    assert ids(value, Patient(age_days=8 * YEAR)) == []
    assert ids(value, Patient(age_days=40 * YEAR)) == [ALP]
    assert ids("A 40-year-old man. " + value) == [ALP]
    assert (ids(value), len(reasons(value))) == ([], 1)
    assert ids("Alkaline phosphatase 2110 U/l.") == [ALP]  # beyond every age's


def test_sex_matters_only_where_it_is_told() -> None:
    # 12.3 g/dl: below 13 for a man, not below 12 for a woman.
    text = "Hemoglobin 12.3 g/dl."
    adult = 30 * YEAR
    assert ids(text, Patient(PatientSex.MALE, adult)) == [ANEMIA]
    assert ids(text, Patient(PatientSex.FEMALE, adult)) == []
    assert (ids(text, Patient(age_days=adult)), len(reasons(text, Patient(age_days=adult)))) == ([], 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ammonia 150 µmol/l", [AMMONIA]),
        ("ammonia 256 µg/dl", [AMMONIA]),  # 256 x 0.587 = 150 µmol/l
        ("lactate 47 mg/dl", [LACTATE]),  # 47 x 0.111 = 5.2 mmol/l
        ("lactate 5.2", []),  # no unit, no norm: nothing
        ("lactate 5.2 U/l", []),  # not a unit of lactate
        ("platelets 26 000/mm3", ["HP:0001873"]),
        ("serum creatinine level was 1,026.2 μmol/L", ["HP:0003259"]),
        ("33.3×109/l white blood cells (WBCs), 72 g/l HGB", ["HP:0001974", ANEMIA]),
        ("CK, ALT and lactate were sent.", []),
        ("sodium 140 mmol/l and potassium 4.1 mmol/l", []),
    ],
)
def test_units_are_converted(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 6-year-old boy with blood pressure 150/95 mmHg", ["HP:0000822"]),  # stage 2 in a child
        ("A 40-year-old man, BP 150/95 mmHg", ["HP:0032263"]),  # one reading makes no hypertension
        ("A 40-year-old man, BP 170/123 mmHg", ["HP:0000822"]),
        ("A 40-year-old man: blood pressure 115/68 mmHg, pulse 72 beats/min, temperature 36.7°C", []),
        ("A 40-year-old man, BP 80/50 mmHg", ["HP:0002615"]),
        ("temperature of 38.2°C", ["HP:0001945"]),
        ("temperature of 101.3°F", ["HP:0001945"]),  # 38.5 °C
        ("A 40-year-old man: heart rate of 134 beats/min", ["HP:0001649"]),
        ("heart rate of 134 beats/min", []),  # usual in an infant
        ("A 40-year-old man: oxygen saturation was 86%", ["HP:0012418"]),
    ],
)
def test_vital_signs_are_judged_by_age(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He walked at 3 years.", ["HP:0031936"]),
        ("She walked independently at the age of 14 months.", []),
        ("first words at 2½ years", ["HP:0000750"]),
        ("sat at 7 months", []),
        ("He walked to school at 8 o'clock.", []),
    ],
)
def test_milestones_beyond_the_99th_percentile_are_late(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_ages_that_may_apply_must_agree() -> None:
    norm = Norm.of("0d:-10 1y:-5")
    either = Subject((AgeSpan(100, 100), AgeSpan(3 * YEAR, 4 * YEAR)))
    assert norm.judge(7, 7, either, 0)[0] is Verdict.UNSURE
    assert norm.judge(11, 11, either, 0)[0] is Verdict.HIGH
    assert norm.judge(4, 4, either, 0)[0] is Verdict.WITHIN
    assert norm.judge(5.2, 5.2, Subject((AgeSpan(3 * YEAR, 4 * YEAR),)), 0.1)[0] is Verdict.UNSURE  # 5.5 is clear


@pytest.mark.parametrize(
    ("written", "value"), [("1,026.2", 1026.2), ("26 000", 26000), ("2·1", 2.1), ("2,15", 2.15), ("0,5", 0.5)]
)
def test_numbers_are_read_as_laboratories_write_them(written: str, value: float) -> None:
    assert number(written) == value


@pytest.mark.parametrize(
    ("written", "unit"),
    [("IU/L", "u/l"), ("µmol / L", "umol/l"), ("×109/L", "10^9/l"), ("10^3/µL", "10^9/l"), ("/mm3", "/ul"),
     ("U/I", "u/l"), ("mg %", "mg/dl"), ("mmol l-1", "mmol/l"), ("beats/min", "/min"), ("mEq/L", "meq/l"),
     ("mm/hr", "mm/h")],
)  # fmt: skip
def test_units_have_one_spelling(written: str, unit: str) -> None:
    assert canonical_unit(written) == unit


@pytest.mark.parametrize("table", ["laboratory.tsv", "vital_signs.tsv"])
def test_every_row_has_units_a_norm_a_source_and_a_term(table: str) -> None:
    for rows in Analytes.read("en", table).rows.values():
        for row in rows.values():
            assert row.source
            assert row.units[row.unit] == 1.0
            assert row.high or row.low
            assert all(b.low is None or b.high is None or b.low < b.high for b in row.norm.bands), row.name


@pytest.mark.real
@pytest.mark.parametrize("table", ["laboratory.tsv", "vital_signs.tsv"])
def test_every_term_is_in_the_release(table: str, real_knowledge: Knowledge) -> None:
    for rows in Analytes.read("en", table).rows.values():
        for row in rows.values():
            for finding in (row.high, row.low):
                for id in (finding.id, *(graded for _, graded in finding.grades)) if finding else ():
                    try:
                        assert real_knowledge.terms.resolve(id).moved is None
                    except UnknownTerm:
                        pytest.fail(f"{id} of {row.name} is no term")


@pytest.mark.real
def test_denial_relatives_and_late_milestones_in_a_note(real_english: EnglishReader) -> None:
    text = "No elevated ferritin. Her mother has elevated CK. She was not able to walk until 3 years."
    said = {m.type: m.assertion for m in real_english.read("n", text).mentions}
    assert said["HP:0003281"] is Assertion.EXCLUDED
    assert said[CK] is Assertion.FAMILY
    assert said["HP:0031936"] is Assertion.OBSERVED  # a number cannot be denied


_PIECES = st.lists(
    st.sampled_from(
        ["CK ", "IgG", " (", ")", "12,345.6", " U/l", "–", "↑", " elevated ", "height ", "cm", "-2 SD", "<3rd centile",
         " was ", "A 3-year-old girl", ". ", "\n", "BP 120/80", "IQ ", "walked at 3 years", "×109/L", "%", "²", "½",
         " normal ", "９", "\u0301"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(max_size=200), _PIECES))
def test_any_text_gives_spans_inside_it_and_never_fails(text: str) -> None:
    found, unjudged = READER.find(text, tokenise(text), Patient())
    for item in (*found, *unjudged):
        assert 0 <= item.start < item.end <= len(text)
        assert text[item.start : item.end].strip()


@given(
    st.lists(
        st.sampled_from(["CK", "IgG", "height", "was", "seen", "and", "elevation", "temperature", "IQ", ","]),
        max_size=20,
    )
)
def test_no_number_and_no_direction_gives_nothing(words: list[str]) -> None:
    found, unjudged = READER.find(" ".join(words), tokenise(" ".join(words)), Patient())
    assert (found, unjudged) == ([], [])
