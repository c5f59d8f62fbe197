"""Who is asking, as the contract shows them."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from resolvers.viewer import Viewer as KnownViewer
from schema.enums import Scope


@strawberry.type(description="One tenant: nothing crosses its border.")
class Workspace:
    id: strawberry.ID
    name: str


@strawberry.type(description="Who is asking, and what they may do.")
class Viewer:
    @strawberry.field
    def workspace(parent: Parent[KnownViewer]) -> Workspace:
        return _workspace(parent)

    @strawberry.field(description="All that the person may enter; for a key, its own.")
    def workspaces(parent: Parent[KnownViewer]) -> list[Workspace]:
        if not parent.seats:
            return [_workspace(parent)]
        return [
            Workspace(id=strawberry.ID(str(seat.workspace_id)), name=seat.workspace_name)
            for seat in parent.seats
        ]

    @strawberry.field
    def scopes(parent: Parent[KnownViewer]) -> list[Scope]:
        return sorted(parent.scopes)

    @strawberry.field(description="Null where the viewer is no person.")
    def email(parent: Parent[KnownViewer]) -> str | None:
        return parent.email

    @strawberry.field(
        description="Set where a customer's token is used: nothing of other customers can be seen."
    )
    def customer_id(parent: Parent[KnownViewer]) -> str | None:
        return parent.customer_id


def _workspace(viewer: KnownViewer) -> Workspace:
    return Workspace(id=strawberry.ID(str(viewer.workspace_id)), name=viewer.workspace_name)
