"""Who is asking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from models.errors import Forbidden
from models.key import Scope
from models.membership import Seat
from models.reach import Reach


class CredentialKind(StrEnum):
    KEY = "KEY"
    SESSION = "SESSION"
    CUSTOMER = "CUSTOMER"


@dataclass(frozen=True)
class Credential:
    """A secret as it came in: an API key, a customer's token, or the token in the page's cookie."""

    kind: CredentialKind
    secret: str
    # Which of their workspaces a person means; None: where they last were.
    workspace_id: int | None = None

    def within(self, workspace_id: int) -> Credential:
        """The same, good for one workspace alone."""
        if self.kind is not CredentialKind.SESSION:
            return self
        return replace(self, workspace_id=workspace_id)


@dataclass(frozen=True)
class Viewer:
    """Who is asking, and what they may do in their workspace."""

    workspace_id: int
    workspace_name: str
    # Who it was, for what is kept of changes: a person's e-mail, or a key's name and id.
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None
    # Set where a key is used, be it by the page.
    key_id: str | None = None
    # Set where a customer's token is used.
    customer_id: str | None = None
    # Set where the viewer is a person.
    email: str | None = None
    # All that the person may enter, this one included; none for who is no person.
    seats: tuple[Seat, ...] = ()

    @property
    def reach(self) -> Reach:
        return Reach(self.workspace_id, self.customer_id)

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises Forbidden, naming the scope."""
        if not self.may(scope):
            raise Forbidden(f"This needs the scope {scope.value}, which you lack here.")

    def require_more_than_a_customer(self) -> None:
        """Raises Forbidden where a customer's token is used."""
        if self.customer_id is not None:
            raise Forbidden("A customer's token sees events and usage alone.")
