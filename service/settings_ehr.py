"""A hospital's record system, as the settings tell of it: what it sends, whom it calls, how it is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Url = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=500)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Keys(_Group):
    """Public keys of one issuer, as a JWK set (RFC 7517): in a file, or at an address of the hospital's network."""

    file: Path | None = None
    url: Url | None = Field(default=None, description="Allow-listed: a token's `jku` may name this and no other")


class CdsThresholds(_Group):
    """From which calibrated posterior of the first disease and its numbered series a service speaks.

    Of published patients, their own papers left out, one of the series is right in .77 of those with .4 or more, who
    are .33 of all, and in .60 of those with .2 or more (docs/cds_hooks.md).
    """

    patient_view: float = Field(default=0.4, ge=0, le=1)
    order_select: float = Field(default=0.2, ge=0, le=1)
    encounter_discharge: float = Field(default=0.4, ge=0, le=1)


class CdsClient(_Group):
    """Who calls CDS Hooks: the issuer of its tokens, and the keys these are signed with."""

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    keys: Keys
    tenant: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Where one issuer signs for several hospitals: the `tenant` of this one"
    )
    origins: tuple[Url, ...] = Field(default=(), description="Of browsers that may call the services (CORS)")
    thresholds: CdsThresholds = CdsThresholds()


class SmartClient(_Group):
    """A machine that asks for access tokens (SMART Backend Services): its id, its keys, what it may be given."""

    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    keys: Keys
    scopes: tuple[str, ...] = Field(description="The most that a token of it may hold, such as system/Patient.rs")


class SmartLaunch(_Group):
    """How a clinician comes from the record system to the case (SMART App Launch): we are its client."""

    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    client_secret: SecretStr | None = None
    redirect: Url = Field(description="This service's /smart/callback, as the record system has it registered")
    scopes: tuple[str, ...] = ("openid", "fhirUser", "launch")


class Ehr(_Group):
    """One system. The roles of `account`, its machine account here, say in which departments it keeps cases."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
    account: Annotated[str, Field(min_length=1, max_length=200)]
    fhir: Url | None = Field(default=None, description="Its own FHIR address, by which its references are known")
    callbacks: tuple[Url, ...] = Field(default=(), description="Addresses that may be told of a finished task")
    cds: CdsClient | None = None
    smart: SmartClient | None = None
    launch: SmartLaunch | None = None
