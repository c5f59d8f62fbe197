"""People with their roles in workspaces, their sessions, invitations, and providers' identities.

All of it is read before a workspace is known, by the owner of the tables alone: readers' roles
get no rights on it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_SECONDS = 14 * 24 * 60 * 60


def upgrade() -> None:
    _people()
    _memberships()
    _sessions()
    _move_page_sessions()
    _invitations()
    _identities()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        # Lower-cased by the application: what is the same address is one row.
        sa.Column("email", sa.Text, nullable=False, unique=True),
        # None for who signs in by a provider alone.
        sa.Column("password_hash", sa.Text),
        _time("created_at"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        _time("created_at"),
    )
    op.create_index("memberships_person", "memberships", ["person_id", "workspace_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id")),
        # Of a key: its own. Of a person: where they last were.
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("key_id", sa.Text),
        sa.Column("address", sa.Text),
        _time("created_at"),
        _time("used_at"),
        # Moved on by each use, never beyond `ends_at`.
        _time("expires_at"),
        _time("ends_at"),
        sa.Column("idle_seconds", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (key_id IS NULL)", name="sessions_of_one"),
    )
    op.create_index("sessions_person", "sessions", ["person_id", "used_at"])
    op.create_index("sessions_key", "sessions", ["workspace_id", "key_id"])
    op.create_index("sessions_end", "sessions", ["ends_at"])


def _move_page_sessions() -> None:
    op.execute(
        f"""
        INSERT INTO sessions (token_hash, workspace_id, key_id, created_at, used_at,
                              expires_at, ends_at, idle_seconds)
        SELECT token_hash, workspace_id, key_id, now(), now(), expires_at, expires_at,
               {OLD_SECONDS}
        FROM page_sessions
        """
    )
    op.drop_table("page_sessions")


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("invited_by", sa.Text, nullable=False),
        _time("created_at"),
        _time("expires_at"),
        _time("accepted_at", nullable=True),
    )
    op.create_index("invitations_token_hash", "invitations", ["token_hash"], unique=True)
    op.create_index("invitations_email", "invitations", ["email"])


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        _time("created_at"),
    )


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    op.create_table(
        "page_sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        _time("expires_at"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]
        ),
    )
    op.execute(
        "INSERT INTO page_sessions SELECT token_hash, workspace_id, key_id, expires_at "
        "FROM sessions WHERE key_id IS NOT NULL"
    )
    for table in ("identities", "invitations", "sessions", "memberships", "people"):
        op.drop_table(table)
