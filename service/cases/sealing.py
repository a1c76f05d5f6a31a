"""JSON under the key of a case, each record bound to its own id so that two of one case cannot change places."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection

from service.vault.vault import Vault


def seal(vault: Vault, connection: Connection, case_id: str, kind: str, id: str, value: object) -> bytes:
    """`value` as JSON, sealed for the record `id` of `kind`; raises Erased."""
    return vault.seal(connection, case_id, canonical(value), f"{kind}/{id}")


def unseal(vault: Vault, connection: Connection, case_id: str, kind: str, id: str, sealed: bytes) -> Any:  # noqa: ANN401
    """What was sealed; raises Erased, SealBroken."""
    return json.loads(vault.unseal(connection, case_id, sealed, f"{kind}/{id}"))


def canonical(value: object) -> bytes:
    """JSON in UTF-8 with its keys sorted: equal values, equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(value: object) -> str:
    """SHA-256 of `canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
