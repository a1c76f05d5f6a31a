"""What is told of authorisation: `.well-known/smart-configuration` (SMART App Launch 2.2, "Conformance")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.smart.granting import GRANT


def smart_configuration(url: str, scopes: Sequence[str]) -> dict[str, Any]:
    """The document of a server that gives tokens at `url` to machines, and launches no apps.

    `code_challenge_methods_supported` is required of every server and must name S256, though no code is given here.
    """
    return {
        "token_endpoint": url,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
        "grant_types_supported": [GRANT],
        "scopes_supported": list(scopes),
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }
