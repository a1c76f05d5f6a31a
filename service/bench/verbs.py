"""What a clinician can do to a finding."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What is done; also what the monthly figures count."""

    ACCEPT = "accept"  # the reading is right
    REJECT = "reject"  # the reading is wrong: neither observed nor excluded
    NEGATE = "negate"
    AFFIRM = "affirm"
    FAMILY = "family"  # a relative has it
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"
    CHANGE = "change"  # another term is meant
    ADD = "add"
    QUALIFY = "qualify"  # onset and severity
    RESTORE = "restore"  # the clinician's word is taken back: the reading stands again
