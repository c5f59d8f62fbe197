"""The record of who did what."""

from __future__ import annotations

import strawberry

from models.audit import AuditAction
from schema.scalars import JSON, DateTime

strawberry.enum(AuditAction, description="What was done.")


@strawberry.type(description="Something that was done to keys, prices or members, or a sign-in.")
class AuditEntry:
    id: strawberry.ID
    at: DateTime
    actor: str = strawberry.field(description="Who did it: a person's e-mail, or a key by name.")
    action: AuditAction
    subject: str | None = strawberry.field(description="The id or name of what it was done to.")
    detail: JSON | None
    address: str | None = strawberry.field(description="Where from, for sign-ins.")
