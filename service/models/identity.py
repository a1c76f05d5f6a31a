"""What the routes of sign-in and of accounts take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from service.identity.api_keys import LONGEST_DAYS
from service.identity.passwords import LONGEST
from service.identity.roles import Kind, Role
from service.models.inputs import Input

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Secret = Annotated[str, Field(min_length=1, max_length=200, description="From a link, the part after #")]
Password = Annotated[str, Field(min_length=1, max_length=2 * LONGEST)]


def _role(value: object) -> object:
    return Role(value) if isinstance(value, str) and value in set(Role) else value


def _kind(value: object) -> object:
    return Kind(value) if isinstance(value, str) and value in set(Kind) else value


class SignInInput(Input):
    """A name with its password."""

    name: Name
    password: Password


class LinkInput(Input):
    """A one-time link's secret."""

    secret: Secret


class ChoosePasswordInput(Input):
    """A one-time link's secret and the password chosen with it."""

    secret: Secret
    password: Password


class ChangePasswordInput(Input):
    """One's own password and the next."""

    current: Password
    password: Password


class AccountInput(Input):
    """A new account."""

    name: Name
    display_name: Name
    kind: Annotated[Kind, BeforeValidator(_kind)] = Kind.PERSON


class DepartmentInput(Input):
    """A new department."""

    name: Name


class MembershipInput(Input):
    """A role in a department."""

    department: Id
    role: Annotated[Role, BeforeValidator(_role)]


class ActiveInput(Input):
    """Whether an account may be used."""

    active: bool


class KeyInput(Input):
    """A new key."""

    days: int = Field(90, ge=1, le=LONGEST_DAYS, description="How long it holds.")


class SessionAnswer(BaseModel):
    """A session was opened; its token is in the cookie."""

    account: str
    csrf: str = Field(description="To be sent as X-CSRF-Token with every change.")


class MembershipAnswer(BaseModel):
    """A role in a department."""

    department: str
    department_name: str
    role: Role


class MeAnswer(BaseModel):
    """Who asks."""

    account: str
    display_name: str
    permissions: list[str]
    memberships: list[MembershipAnswer]
    csrf: str | None = Field(None, description="In a session alone.")


class AccountAnswer(BaseModel):
    """An account, without anything secret."""

    id: str
    name: str
    display_name: str
    kind: Kind
    active: bool
    locked_until: datetime | None
    memberships: list[MembershipAnswer]


class NewAccountAnswer(BaseModel):
    """A new account. `secret` is the part after # of the link with which a person chooses a password, shown once."""

    id: str
    secret: str | None


class LinkAnswer(BaseModel):
    """The part after # of a link with which a person chooses a password, shown once."""

    secret: str


class DepartmentAnswer(BaseModel):
    """A department."""

    id: str
    name: str


class KeyAnswer(BaseModel):
    """A key, without the key itself."""

    id: str
    hint: str
    created: datetime
    expires: datetime


class NewKeyAnswer(BaseModel):
    """A new key, shown once."""

    id: str
    key: str
    expires: datetime


class DoneAnswer(BaseModel):
    """It is done."""

    done: bool = True
