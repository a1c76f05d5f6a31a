"""Sums and calendars: what tells a number of a person from any other number."""

from __future__ import annotations

from datetime import date

from service.deidentify.lists import read_list

#: Weights and check characters of resident identity numbers (GB 11643-1999, ISO 7064 MOD 11-2).
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
#: First two digits of an identity number: a province, or a region beyond the mainland.
_REGIONS = read_list("regions.txt")


def resident_check(digits: str) -> str:
    """The last character of an identity number of 18, from its first 17 digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True)) % 11]


def is_resident_id(found: str) -> bool:
    """Eighteen characters with a right check character."""
    digits = _plain(found)
    return len(digits) == 18 and digits[:17].isdigit() and resident_check(digits) == digits[17].upper()


def is_resident_id_like(found: str) -> bool:
    """As is_resident_id, or with a region and a day of birth though the sum is wrong: a slip of the pen names too."""
    digits = _plain(found)
    return is_resident_id(found) or (digits[:2] in _REGIONS and _is_day(digits[6:14]))


def is_old_resident_id(found: str) -> bool:
    """Fifteen digits, as given until 1999: region, day of birth with two digits of the year, serial number."""
    return len(found) == 15 and found[:2] in _REGIONS and _is_day("19" + found[6:12])


def is_card(found: str) -> bool:
    """Thirteen to nineteen digits whose Luhn sum is right (ISO/IEC 7812-1)."""
    digits = [int(sign) for sign in _plain(found) if sign.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_phone_length(found: str) -> bool:
    """Eight to fifteen digits (ITU-T E.164 allows fifteen)."""
    return 8 <= sum(sign.isdigit() for sign in found) <= 15


def is_day_and_month(found: str) -> bool:
    """Two numbers of which one can be a month and the other a day."""
    first, second = ("".join(sign if sign.isdigit() else " " for sign in found)).split()[:2]
    low, high = sorted((int(first), int(second)))
    return 1 <= low <= 12 and high <= 31


def _plain(found: str) -> str:
    return found.replace(" ", "").replace("-", "")


def _is_day(digits: str) -> bool:
    try:
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
        return 1850 <= date(year, month, day).year <= 2100
    except ValueError:
        return False
