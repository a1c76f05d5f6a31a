"""Who asks for FHIR resources: the desk, the name of the system, and which types of resource it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from service.actors import Permission
from service.cases.desk import Desk
from service.endpoints.desks import at_desk
from service.problems import ProblemError
from service.services import Shared
from service.settings_ehr import Ehr
from service.smart.scopes import Scopes

Interaction = Literal["read", "search", "create", "update", "delete"]
#: What an interaction needs beside a scope.
_PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        "read": Permission.READ_CASES,
        "search": Permission.READ_CASES,
        "create": Permission.WRITE_CASES,
        "update": Permission.WRITE_CASES,
        "delete": Permission.WRITE_CASES,
    }
)


@dataclass(frozen=True, slots=True)
class FhirAsker:
    """Whoever asks. `source` names the system whose ids of patients and resources are meant.

    `scopes` are those of an access token; None where a session, a key or a signed token asks, whose account's roles
    alone decide.
    """

    desk: Desk
    source: str
    ehr: Ehr | None = None
    scopes: Scopes | None = None

    def require(self, resource_type: str, interaction: Interaction) -> None:
        """Raise a 403 problem where this interaction with resources of this type is not theirs."""
        permission = _PERMISSIONS[interaction]
        if permission not in self.desk.actor.permissions:
            raise ProblemError(403, f"This needs the permission {permission.value}.")
        if self.scopes is not None and not self.scopes.allow(resource_type, interaction):
            raise ProblemError(403, "The scopes of this access token do not allow this.")

    def may(self, resource_type: str, interaction: Interaction) -> bool:
        """Whether `require` would pass."""
        try:
            self.require(resource_type, interaction)
        except ProblemError:
            return False
        return True


def at_fhir_desk(permission: Permission = Permission.READ_CASES) -> Dependency:
    """Declare the least permission of a FHIR route, in the annotation of its asker."""

    def asker(request: Request, services: Shared, desk: Desk = at_desk(permission)) -> FhirAsker:  # type: ignore[assignment]  # noqa: B008
        known = services.identity.known(request) if services.identity else None
        ehr = next((one for one in services.settings.ehr if known and one.account == known.account_name), None)
        return FhirAsker(desk, ehr.name if ehr else desk.actor.id, ehr, known.scopes if known else None)

    declared: Dependency = Depends(asker)
    return declared


FhirReader = Annotated[FhirAsker, at_fhir_desk(Permission.READ_CASES)]
FhirWriter = Annotated[FhirAsker, at_fhir_desk(Permission.WRITE_CASES)]
