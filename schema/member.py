"""Members of a workspace and invitations to it, as admins see them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models.invitation import Invitation as KeptInvitation
from models.membership import Role
from resolvers.people.invitations import NewInvitation
from schema.scalars import DateTime

strawberry.enum(
    Role,
    description="What a person may do in a workspace. ADMIN: read, and manage prices, keys and "
    "members. MEMBER: read.",
)


@strawberry.type(description="A person who belongs to the workspace.")
class Member:
    id: strawberry.ID
    email: str
    role: Role
    added_at: DateTime


@strawberry.type(description="A link that lets somebody in once, within seven days.")
class Invitation:
    id: strawberry.ID
    email: str
    invited_by: str
    created_at: DateTime
    expires_at: DateTime

    @strawberry.field
    def role(parent: Parent[KeptInvitation]) -> Role:
        return Role(parent.role)


@strawberry.type(description="An invitation that was just made.")
class InviteMemberPayload:
    path: str = strawberry.field(
        description="To be put behind this server's address and given to whom it is for. The "
        "token in it is shown this once."
    )

    @strawberry.field
    def invitation(parent: Parent[NewInvitation]) -> Invitation:
        return cast(Invitation, parent.invitation)
