"""FamilyMemberHistory: a relative's conditions, and what they say of the family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ontology.features import Assertion
from service.fhir.issues import Issue, notice
from service.fhir.reading.concepts import codes_of, disease_ids, terms_of, words_of
from service.fhir.reading.context import Context
from service.fhir.reading.items import Finding, Item, Json, Related, Text, Withdrawn
from service.fhir.reading.retold import with_own_words
from service.fhir.reading.statements import extension, onset_of, severity_of
from service.fhir.reading.told_words import is_chinese, of_relative
from service.fhir.telling import own
from service.models.known import FamilyInput
from service.problems import Fault

ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
#: HL7 v3 RoleCode: what a relative is called in either language, and the fields of FamilyInput that they count for.
_RELATIVES: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("MTH", "NMTH", "NMTHF"), ("mother", "母亲", ("affected_parent", "affected_maternal_line"))),
        **dict.fromkeys(("FTH", "NFTH", "NFTHF"), ("father", "父亲", ("affected_parent",))),
        **dict.fromkeys(("PRN", "NPRN"), ("parent", "父母", ("affected_parent",))),
        **dict.fromkeys(("SIS", "NSIS", "TWINSIS", "FTWINSIS", "ITWINSIS"), ("sister", "姐妹", ("affected_siblings",))),
        **dict.fromkeys(
            ("BRO", "NBRO", "TWINBRO", "FTWINBRO", "ITWINBRO"),
            ("brother", "兄弟", ("affected_siblings", "affected_maternal_males")),
        ),
        **dict.fromkeys(("SIB", "NSIB", "TWIN", "FTWIN", "ITWIN"), ("sibling", "同胞", ("affected_siblings",))),
        **dict.fromkeys(("SON", "SONC", "NSON"), ("son", "儿子", ("affected_children",))),
        **dict.fromkeys(("DAU", "DAUC", "NDAU"), ("daughter", "女儿", ("affected_children",))),
        **dict.fromkeys(("CHILD", "NCHILD"), ("child", "子女", ("affected_children",))),
        "HSIS": ("half-sister", "半姐妹", ()),
        "HBRO": ("half-brother", "半兄弟", ()),
        "HSIB": ("half-sibling", "半同胞", ()),
        "MGRMTH": ("maternal grandmother", "外祖母", ("affected_maternal_line",)),
        "MGRFTH": ("maternal grandfather", "外祖父", ()),
        "PGRMTH": ("paternal grandmother", "祖母", ()),
        "PGRFTH": ("paternal grandfather", "祖父", ()),
        "GRMTH": ("grandmother", "祖母", ()),
        "GRFTH": ("grandfather", "祖父", ()),
        "GRPRN": ("grandparent", "祖辈", ()),
        "MUNCLE": ("maternal uncle", "舅舅", ("affected_maternal_males", "affected_maternal_line")),
        "MAUNT": ("maternal aunt", "姨母", ("affected_maternal_line",)),
        "PUNCLE": ("paternal uncle", "叔伯", ()),
        "PAUNT": ("paternal aunt", "姑母", ()),
        "UNCLE": ("uncle", "叔伯", ()),
        "AUNT": ("aunt", "姨母", ()),
        "COUSN": ("cousin", "表亲", ()),
        "MCOUSN": ("maternal cousin", "表亲", ()),
        "PCOUSN": ("paternal cousin", "堂亲", ()),
        "NIECE": ("niece", "侄女", ()),
        "NEPHEW": ("nephew", "侄子", ()),
    }
)
#: Of no blood: what they have says nothing of the patient.
_BY_MARRIAGE = frozenset({"SPS", "HUSB", "WIFE", "STPMTH", "STPFTH", "STPPRN", "ADOPTF", "ADOPTM", "ADOPTP", "INLAW"})


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """Terms that a relative has, sentences for what has no code, and the fields of the family that they may fill."""
    if resource.get("status") == "entered-in-error":
        yield Withdrawn(path)
        return
    field = extension(resource, own.FAMILY_FIELD)
    if field is not None:
        yield from _stated(field, path)
        return
    codes = codes_of(resource.get("relationship"), ROLE)
    if _BY_MARRIAGE.intersection(codes):
        what = "A relative by marriage or adoption says nothing of the patient's genes; this is not read."
        yield notice(Fault(field=f"{path}.relationship", what=what, mend="Nothing is to be done."), "not-supported")
        return
    english, chinese, fields = next(
        (_RELATIVES[code] for code in codes if code in _RELATIVES), ("relative", "亲属", ())
    )
    told = words_of(resource.get("relationship"))
    if is_chinese(told):
        chinese = told
    for at, condition in enumerate(resource.get("condition") or ()):
        items = _condition(condition, f"{path}.condition[{at}]", (english, chinese), fields, context)
        yield from (with_own_words(item, resource) for item in items)
    for at, note in enumerate(resource.get("note") or ()):
        words = str(note["text"])
        yield Text(of_relative(chinese if is_chinese(words) else english, words), f"{path}.note[{at}].text")
    if not resource.get("condition") and not resource.get("note"):
        what = "No condition of this relative is told."
        yield notice(Fault(field=path, what=what, mend="Nothing is to be done."), "not-supported")


def _stated(told: Json, path: str) -> Iterator[Item]:
    """A field of the family's history and its value, as this service tells them."""
    parts = {str(each.get("url")): each for each in told.get("extension") or () if isinstance(each, dict)}
    field, value = (parts.get("field") or {}).get("valueCode"), (parts.get("value") or {}).get("valueBoolean")
    if field in FamilyInput.model_fields and isinstance(value, bool):
        yield Related(str(field), value, path)
    else:
        what = "This names no field of the family's history."
        yield notice(Fault(field=f"{path}.extension", what=what, mend="Nothing is to be done."), "not-supported")


def _condition(
    condition: Json, path: str, names: tuple[str, str], fields: tuple[str, ...], context: Context
) -> Iterator[Item]:
    concept, coded = condition.get("code"), False
    onset = onset_of(_term(condition.get("_onsetString") or {}, own.ONSET), context.terms)
    severity = severity_of(_term(condition, own.SEVERITY), context.terms)
    for term in terms_of(concept, f"{path}.code", context.terms):
        coded = True
        yield term if isinstance(term, Issue) else Finding(term[0], Assertion.FAMILY, term[1], onset, severity)
    diseases = []
    for found in disease_ids(concept, f"{path}.code"):
        if isinstance(found, Issue):
            yield found
        else:
            diseases.append(found[0])
    for field in fields if diseases else ():
        yield Related(field, True, f"{path}.code", tuple(diseases))
    words = words_of(concept) or next((name for id in diseases if (name := context.disease_name(id))), "")
    if not coded and words:
        yield Text(of_relative(names[1] if is_chinese(words) else names[0], words), f"{path}.code")


def _term(told: Json, url: str) -> object:
    """The concept in an extension of this software's own."""
    return (extension(told, url) or {}).get("valueCodeableConcept")
