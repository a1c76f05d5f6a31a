"""Settings of a site: a TOML file named by `--settings` or $PHENOMAP_SETTINGS, over the defaults below.

PHENOMAP_DATABASE, PHENOMAP_KEYS and PHENOMAP_OIDC_SECRET of the environment go before the file, so that no secret need
lie in one.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from ontology.errors import PhenomapError
from service.cases.rules import CaseRules
from service.settings_ehr import Ehr
from service.store.database import DEFAULT_URL


class SettingsError(PhenomapError):
    """The settings cannot be read."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Tls(_Group):
    """Files of the server's own certificate chain and key, in PEM."""

    certificate: Path
    key: Path


class Machine(_Group):
    """A client that signs its requests: its id, its account here, its public key as PEM text."""

    client_id: str
    account: str
    public_key: str


class MappedGroup(_Group):
    """A group of the directory, and the role that it gives in a department."""

    group: str
    department: str
    role: Literal["clinician", "second_reader", "screening_analyst", "administrator", "auditor"]


class Oidc(_Group):
    """The hospital's OpenID provider. With `groups`, the directory decides on the roles of all who come from it."""

    issuer: str
    client_id: str
    client_secret: SecretStr | None = Field(default=None, description="Better in the environment: PHENOMAP_OIDC_SECRET")
    redirect: str = Field(description="This service's /sign-in/directory/callback, as the provider has it registered")
    scopes: tuple[str, ...] = ("openid", "profile")
    groups_claim: str = "groups"
    groups: tuple[MappedGroup, ...] = ()


class PasswordCost(_Group):
    """Argon2id's passes, memory and lanes. The defaults: RFC 9106, section 4, second recommended option."""

    passes: int = Field(default=3, ge=1)
    memory_kib: int = Field(default=65_536, ge=1024)
    lanes: int = Field(default=4, ge=1)


class Irv1Settings(_Group):
    """Weights of facenet-pytorch's InceptionResnetV1 that the hospital brings, and may use, for the embedding."""

    weights: Path
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$", description="That the file must have")]


class FaceSettings(_Group):
    """Whether photos are read, and by what: `faces = "off"` switches it off, as `use` does in its own table."""

    use: Literal["on", "off"] = "on"
    off_in: frozenset[str] = Field(default=frozenset(), description="Ids of departments where photos are not read")
    open_at_start: bool = Field(default=False, description="Not with the first photo, which then waits for seconds")
    models: Path | None = Field(default=None, description="Folder that `phenomap face build` made")
    reference: Path | None = Field(default=None, description="The hospital's own reference, if not in that folder")
    irv1: Irv1Settings | None = Field(default=None, description="Instead of the model that is built at set-up")
    memory_mb: int = Field(default=900, ge=500, le=8000, description="That reading a photo may take")
    seconds: float = Field(default=20.0, gt=0, le=300, description="That reading a photo may take")


class ShiftSettings(_Group):
    """What the notes and photos that are read are compared with (docs/shift.md), and how many months of them."""

    reference: Literal["corpora", "first_month"] = Field(
        default="corpora", description="The texts that accuracy was measured on, or the first month of 200 notes here"
    )
    months: int = Field(default=3, ge=1, le=120, description="The last so many months are compared")


def _switch(value: object) -> object:
    return {"use": value} if isinstance(value, str) else value


def _apart(systems: tuple[Ehr, ...]) -> tuple[Ehr, ...]:
    """Raise ValueError where two systems have one name or account: whose patients' ids are meant would be open."""
    for names in ([one.name for one in systems], [one.account for one in systems]):
        if len(set(names)) < len(names):
            raise ValueError("two record systems have one name, or one account")
    return systems


class Settings(_Group):
    """Everything a site may choose."""

    database: str = DEFAULT_URL
    blobs: Path = Field(default=Path("phenomap-blobs"), description="Folder of sealed photos.")
    keys: str = Field(default="file:phenomap.key", description="Master keys: file:PATH, env:VARIABLE, command:WORDS")
    hosts: frozenset[str] = Field(
        default=frozenset(), description="Names under which this service is reached, beside loopback"
    )
    tls: Tls | None = None
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses of the proxies in front, which speak TLS"
    )
    idle: timedelta = Field(default=timedelta(minutes=30), description="A session ends after so long without a request")
    longest: timedelta = Field(default=timedelta(hours=12), description="and after so long in any case")
    password_cost: PasswordCost = PasswordCost()
    audience: str | None = Field(
        default=None, description="What machines' tokens must be meant for: this service's URL"
    )
    machines: tuple[Machine, ...] = ()
    oidc: Oidc | None = None
    ehr: Annotated[tuple[Ehr, ...], AfterValidator(_apart)] = Field(
        default=(), description="The hospital's record systems"
    )
    background_language: Literal["en", "zh"] = Field(
        default="en", description="Of reports on cases that hospital systems send, which are made before anyone asks"
    )
    cases: CaseRules = CaseRules()
    faces: Annotated[FaceSettings, BeforeValidator(_switch)] = FaceSettings()
    shift: ShiftSettings = ShiftSettings()
    knowledge_months: int = Field(
        default=12, ge=1, le=1200, description="The page warns of knowledge that is older than so many months"
    )
    print_font: Path | None = Field(
        default=None, description="An OpenType font with Chinese for PDFs, instead of the packaged Noto Sans CJK"
    )
    print_family: str = Field(default="Noto Sans CJK SC", description="Name of the font family within that file")
    demonstration: bool = Field(
        default=False, description="Visitors from this machine may assess; nothing of it is kept"
    )

    @property
    def secure(self) -> bool:
        """Whether those who use it speak TLS, to us or to a proxy we trust."""
        return self.tls is not None or bool(self.trusted_proxies)


def read_settings(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in the file at `path`, else in that named by $PHENOMAP_SETTINGS; raises SettingsError."""
    named = path or (Path(environment["PHENOMAP_SETTINGS"]) if "PHENOMAP_SETTINGS" in environment else None)
    try:
        chosen = tomllib.loads(named.read_text(encoding="utf-8")) if named else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings {named} cannot be read.", "Mend the file, or name another.") from error
    for field in ("database", "keys"):
        if given := environment.get(f"PHENOMAP_{field.upper()}"):
            chosen[field] = given
    if isinstance(chosen.get("oidc"), dict) and "PHENOMAP_OIDC_SECRET" in environment:
        chosen["oidc"]["client_secret"] = environment["PHENOMAP_OIDC_SECRET"]
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"Setting {field}: {first['msg']}.", f"Mend it in {named or 'the environment'}.") from None
