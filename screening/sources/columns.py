"""Which column holds what: as told, or known by its usual names in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from ontology.errors import InputError

#: Folded names by which a column is known where none is told; the first that is there is taken.
USUAL: Mapping[str, tuple[str, ...]] = {
    "patient": (
        "patient", "patient_id", "patientid", "person_id", "subject_id", "mrn", "empi",
        "患者id", "患者编号", "病人id", "病人编号", "病历号", "病案号", "住院号", "登记号", "门诊号", "患者主索引",
    ),
    "text": (
        "text", "note_text", "note", "content", "report_text", "body",
        "文本", "内容", "病历内容", "病历文本", "记录内容", "文书内容", "正文",
    ),
    "date": (
        "date", "note_date", "note_datetime", "datetime", "chartdate", "charttime", "created", "written",
        "日期", "记录日期", "记录时间", "书写时间", "就诊日期", "就诊时间", "创建时间", "报告日期",
    ),
    "kind": (
        "type", "kind", "note_type", "category", "note_title", "document_type",
        "类型", "文书类型", "病历类型", "文书名称", "记录类型",
    ),
    "sex": ("sex", "gender", "性别"),
    "birth": ("birth_date", "birthdate", "birth", "dob", "date_of_birth", "出生日期", "出生年月", "生日"),
    "photo": ("photo", "photo_path", "image", "image_path", "照片", "照片路径", "图片路径"),
}  # fmt: skip
_NEEDED = ("patient", "text")


@dataclass(frozen=True, slots=True)
class Columns:
    """The name of the column that holds each; None where it is to be known by its usual names."""

    patient: str | None = None
    text: str | None = None
    date: str | None = None
    kind: str | None = None
    sex: str | None = None
    birth: str | None = None
    photo: str | None = None

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Columns:
        """From names and columns; raises InputError for a name that is none."""
        names = {field.name for field in fields(cls)}
        for name in told.keys() - names:
            raise InputError(
                "columns", f"{name} is nothing that is read.", f"Name of these: {', '.join(sorted(names))}."
            )
        return cls(**told)

    @classmethod
    def parse(cls, words: str) -> Columns:
        """From `patient=MRN,text=NOTE`; raises InputError."""
        pairs = [each.partition("=") for each in words.split(",") if each.strip()]
        for _, mark, column in pairs:
            if not mark or not column.strip():
                raise InputError("columns", "This is no list of NAME=COLUMN.", "Write such as patient=MRN,text=NOTE.")
        return cls.of({name.strip(): column.strip() for name, _, column in pairs})

    def over(self, others: Columns) -> Columns:
        """These, and `others` where these tell nothing."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(others, **{name: column for name, column in told.items() if column is not None})

    def taken(self, there: Iterable[str]) -> dict[str, str]:
        """Of the columns that are `there`, which is taken for what.

        Raises InputError where one that is told is not there, or nothing is known to hold the patient or the text.
        """
        columns = list(there)
        folded = {column.strip().lstrip("\ufeff").casefold().replace(" ", "_"): column for column in reversed(columns)}
        found: dict[str, str] = {}
        for name, usual in USUAL.items():
            told = getattr(self, name)
            if told is not None and told not in columns:
                raise InputError("columns", f"There is no column {told}.", f"There are: {_listed(columns)}.")
            column = told or next((folded[each] for each in usual if each in folded), None)
            if column is not None:
                found[name] = column
                if columns.count(column) > 1:
                    raise InputError("columns", f"There are two columns {column}.", "Rename one of them.")
        for name in _NEEDED:
            if name not in found:
                raise InputError(
                    "columns",
                    f"No column is known to hold the {name}; there are: {_listed(columns)}.",
                    f"Name it: --columns {name}=COLUMN.",
                )
        return found


def _listed(columns: list[str]) -> str:
    return ", ".join(columns[:40]) + (" ..." if len(columns) > 40 else "")
