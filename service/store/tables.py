"""Every table. Rows about a patient carry their department, and what could name one is ciphertext.

`sealed` columns hold what the vault sealed under the case's own key (service.vault): notes, features, reports, reasons.
Ids are random (128 bits), so that one cannot be guessed from another. Times are UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from service.store.columns import Moment, created, reference_to, row_id
from service.store.columns import new_id as new_id  # for the many that write rows: both come with the table
from service.store.columns import now as now

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

department = Table(
    "department", metadata, row_id(), Column("name", String(200), nullable=False, unique=True), created()
)

account = Table(
    "account",
    metadata,
    row_id(),
    Column("name", String(200), nullable=False, unique=True),
    Column("display_name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # person | machine
    Column("password", String(300)),  # Argon2id, as its encoded string; none for those who sign in elsewhere
    Column("subject", String(300), unique=True),  # issuer and subject of an OpenID provider
    Column("active", Boolean, nullable=False, default=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("version", Integer, nullable=False, default=1),
    created(),
)

membership = Table(
    "membership",
    metadata,
    row_id(),
    reference_to("account", nullable=False, index=True),
    reference_to("department", nullable=False, index=True),
    Column("role", String(30), nullable=False),
    created(),
    UniqueConstraint("account", "department", "role"),
)

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),  # sha256 of the token: who reads the table cannot sign in with it
    reference_to("account", nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("seen", Moment, nullable=False),
    Column("expires", Moment, nullable=False),  # absolute
    Column("ended", Moment),
    created(),
)

api_key = Table(
    "api_key",
    metadata,
    row_id(),
    reference_to("account", nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),  # sha256 of the key
    Column("hint", String(12), nullable=False),  # its first characters, to tell keys apart
    Column("expires", Moment),
    Column("ended", Moment),
    created(),
)

one_time_secret = Table(
    "one_time_secret",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(30), nullable=False),  # first_administrator | demonstration | replay
    reference_to("account"),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
)

case = Table(
    "case_",
    metadata,
    row_id(),
    reference_to("department", nullable=False),
    Column("status", String(20), nullable=False),  # draft | waiting | signed | erased
    Column("unsolved", Boolean, nullable=False, default=True),
    Column("sex", String(10), nullable=False),
    Column("age_days", Integer),
    Column("sealed", LargeBinary),  # the hospital's own number of the patient, and what else names them
    Column("known", LargeBinary),  # sealed likewise: tests already done, the family, whether acutely ill
    reference_to("account", "created_by", nullable=False),
    reference_to("account", "assigned_to"),
    Column("retain_until", Moment),
    Column("version", Integer, nullable=False, default=1),
    created(),
    Column("changed", Moment, nullable=False, default=now),
    Index("ix_case__worklist", "department", "status", "changed"),
    UniqueConstraint("id", "department"),  # what the parts of a case refer to
)


def _part_of_case(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of rows that belong to one case, and to the case's department: the two refer to it together."""
    return Table(
        name,
        metadata,
        row_id(),
        Column("case", String(32), nullable=False, index=True),
        reference_to("department", nullable=False, index=True),
        *columns,
        reference_to("account", "created_by", nullable=False),
        created(),
        ForeignKeyConstraint(["case", "department"], ["case_.id", "case_.department"]),
    )


note = _part_of_case(
    "note",
    Column("language", String(10)),
    Column("dated", String(10)),
    Column("masked", Boolean, nullable=False),  # de-identified before it was stored
    Column("sealed", LargeBinary, nullable=False),
)
photo = _part_of_case(
    "photo",
    Column("size", Integer, nullable=False),
    Column("blob", String(100), nullable=False),  # name in the blob store, whose content is sealed
)
feature = _part_of_case(
    "feature",
    Column("sealed", LargeBinary, nullable=False),  # a Mention: term, assertion, evidence
    Column("withdrawn", Moment),
)
report = _part_of_case(
    "report",
    Column("knowledge", String(80), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the whole answer as it was shown
    Column("leading", JSON, nullable=False),  # ids of the first diseases, to see what reanalysis changes
    Column("brief", LargeBinary),  # what a card needs of it; none in reports made before there were cards
)
sign_off = _part_of_case(
    "sign_off",
    reference_to("report", nullable=False),
    Column("decision", String(20), nullable=False),  # agree | other | none | more_data
    Column("disease", String(30)),
    Column("reader", Integer, nullable=False),  # 1 the first, 2 the second
    Column("sealed", LargeBinary, nullable=False),  # the reason, in the clinician's words
)
consent = _part_of_case(
    "consent",
    Column("purpose", String(30), nullable=False),  # assessment | photo | gallery | federation
    Column("given_by", String(20), nullable=False),  # patient | guardian
    Column("withdrawn", Moment),
)
edit = _part_of_case(
    "edit",
    Column("verb", String(20), nullable=False),  # what the clinician did: accept, reject, negate, ...
    Column("version", Integer, nullable=False),  # of the case after it
    Column("added", JSON, nullable=False),  # ids of features
    Column("withdrew", JSON, nullable=False),  # ids of features
    Column("undone", Moment),
)
impression = _part_of_case(
    "impression",
    Column("sealed", LargeBinary, nullable=False),  # what the clinician thought before the ranking was shown
)
evidence_look = _part_of_case(
    "evidence_look",
    Column("rank", Integer, nullable=False),  # of the disease whose evidence was open
    Column("seconds", Float, nullable=False),
)
break_glass = _part_of_case(
    "break_glass",
    Column("expires", Moment, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the reason
)
imported = _part_of_case(
    "imported",
    Column("source", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
)

patient_key = _part_of_case(
    "patient_key",
    Column("digest", String(64), nullable=False, index=True),  # who the patient is to a hospital's system, blinded
)
received = _part_of_case(
    "received",
    Column("source", String(64), nullable=False, index=True),  # system, type and id of a resource, blinded
    Column("kind", String(40), nullable=False),  # its type
    Column("content", String(64), nullable=False),  # blinded digest, by which one that is sent again is known
    Column("part", String(32)),  # id of the note, feature, photo or consent that it became
    Column("version", Integer, nullable=False),
    Column("withdrawn", Moment),
    Column("sealed", LargeBinary),  # what its system calls it
)
task = _part_of_case(
    "task",
    Column("state", String(20), nullable=False),  # queued | running | done | failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("after", Moment, nullable=False, default=now),  # not before
    Column("fault", String(100)),  # a kind, never a word about a patient
    reference_to("report"),
    Column("source", String(100), nullable=False),  # name of the system that asked
    Column("callback", String(500)),  # one of those in the settings
    Column("told", String(20)),  # waiting | told | failed, where there is a callback
    Column("changed", Moment, nullable=False, default=now),
    Index("ix_task_waiting", "state", "after"),
)
card = _part_of_case(
    "card",
    Column("service", String(60), nullable=False),
    reference_to("report"),
    Column("disease", String(30)),
    Column("hook", String(64), nullable=False),  # the instance of the hook, blinded
    Column("indicator", String(20), nullable=False),
)
card_feedback = _part_of_case(
    "card_feedback",
    reference_to("card", nullable=False, index=True),
    Column("outcome", String(20), nullable=False),  # accepted | overridden
    Column("reason", String(100)),  # code of the reason for overriding
    Column("suggestions", JSON, nullable=False),  # ids of those that were accepted
    Column("sealed", LargeBinary),  # what the clinician wrote
)

case_key = Table(
    "case_key",
    metadata,
    reference_to("case_", "case", primary_key=True),
    Column("wrapped", LargeBinary),  # the case's own key under the master key; none once it was destroyed
    Column("master", String(64), nullable=False),  # id of the master key
    Column("cipher", String(20), nullable=False),
    Column("destroyed", Moment),
    created(),
)

#: Faces in the gallery: of kept cases, of others with a consent on paper, and of other hospitals. Never a photo.
enrolled = Table(
    "enrolled",
    metadata,
    row_id(),
    Column("case", String(32), index=True),  # none where it was enrolled from a photo alone, or imported
    reference_to("department", index=True),
    Column("disease", String(30), nullable=False),
    Column("age_band", String(10)),
    Column("sex", String(10), nullable=False),
    Column("ancestry", String(40)),  # as it was told
    reference_to("consent"),  # none where the consent is on paper: its reference is sealed
    Column("model", String(64), nullable=False),  # sha256 of what portraits must share to be compared
    Column("origin", String(100)),  # the hospital it was imported from; none for our own
    Column("synthetic", Boolean, nullable=False),
    Column("shareable", Boolean, nullable=False),  # consented to be given to other hospitals, where there is no case
    Column("sealed", LargeBinary, nullable=False),  # the portrait, the person's pseudonym, a consent on paper
    Column("created_by", String(32), nullable=False),
    created(),
    ForeignKeyConstraint(["case", "department"], ["case_.id", "case_.department"]),
)

#: Keys of enrolled faces that belong to no case; the others are sealed under their case's key.
enrolled_key = Table(
    "enrolled_key",
    metadata,
    reference_to("enrolled", primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master", String(64), nullable=False),
    Column("cipher", String(20), nullable=False),
    Column("destroyed", Moment),
    created(),
)

#: Keys of the site itself: what blinds who a patient is to other systems.
site_key = Table(
    "site_key",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master", String(64), nullable=False),
    Column("cipher", String(20), nullable=False),
    Column("destroyed", Moment),
    created(),
)

#: Tokens given to machines by SMART Backend Services; only their digest is kept.
access_token = Table(
    "access_token",
    metadata,
    Column("digest", String(64), primary_key=True),
    reference_to("account", nullable=False, index=True),
    Column("scopes", String(2000), nullable=False),
    Column("expires", Moment, nullable=False),
    created(),
)

gallery_evaluation = Table(
    "gallery_evaluation",
    metadata,
    row_id(),
    Column("digest", String(64), nullable=False, index=True),  # of the gallery it was made of
    Column("model", String(64), nullable=False),
    Column("found", JSON, nullable=False),  # figures by disease; nothing of one person
    Column("created_by", String(32), nullable=False),
    created(),
)

#: Counts of what was read, by month: of the whole site, so that no row is of a department, a case or a person.
shift_count = Table(
    "shift_count",
    metadata,
    Column("month", String(7), primary_key=True),  # 2026-11
    Column("figure", String(20), primary_key=True),
    Column("bin", String(20), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    reference_to("account", primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("request", String(64), nullable=False),  # sha256 of method, path and body
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),  # ids and versions only
    created(),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object_kind", String(30), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("department", String(32)),
    Column("detail", JSON, nullable=False),  # counts, statuses, ids: never a word about a patient
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Index("ix_audit_object", "object_kind", "object_id"),
)

#: One row: the last link of the trail, locked while a link is added and compared when the trail is verified.
audit_head = Table(
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

#: Tables whose rows are one department's: every query of them goes through service.store.scope.
DEPARTMENTAL = (
    case,
    note,
    photo,
    feature,
    report,
    sign_off,
    consent,
    edit,
    impression,
    evidence_look,
    break_glass,
    imported,
    enrolled,
    patient_key,
    received,
    task,
    card,
    card_feedback,
)
