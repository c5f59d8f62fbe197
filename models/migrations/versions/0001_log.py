"""Workspaces, keys, page sessions, prices that were applied, and the sequence log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def _time(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=nullable, server_default=NOW if default else None
    )


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("last_sequence", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _time("created_at", default=True),
    )
    op.execute("INSERT INTO workspaces (name) VALUES ('default')")
    op.create_table(
        "api_keys",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text), nullable=False),
        _time("created_at", default=True),
        _time("expires_at", nullable=True),
        _time("revoked_at", nullable=True),
    )
    # Asked before the workspace is known, so it cannot start with workspace_id.
    op.create_index("api_keys_secret_hash", "api_keys", ["secret_hash"], unique=True)
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
    op.create_table(
        "prices",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content", postgresql.JSONB, nullable=False),
        _time("recorded_at", default=True),
    )
    op.create_table("usage_events", *_event_columns())
    op.create_index("usage_events_id", "usage_events", ["workspace_id", "id"], unique=True)
    op.create_index(
        "usage_events_occurred_at", "usage_events", ["workspace_id", "occurred_at", "sequence"]
    )


def _event_columns() -> list[sa.Column[object]]:
    def texts(*names: str, nullable: bool = True) -> list[sa.Column[object]]:
        return [sa.Column(name, sa.Text, nullable=nullable) for name in names]

    def counts(*names: str) -> list[sa.Column[object]]:
        return [sa.Column(name, sa.BigInteger) for name in names]

    return [
        # No foreign key: the log writes under a lock on the workspace's row, and looking for that
        # row again for each event makes COPY a fifth slower.
        sa.Column("workspace_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        *texts("id", "type", nullable=False),
        *texts("customer_id", "user_id", "feature_id", "provider", "model"),
        *counts("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
        *counts("reasoning_tokens", "input_audio_tokens", "output_audio_tokens", "images"),
        sa.Column("units", postgresql.JSONB),
        sa.Column("quantity", sa.Numeric),
        *texts("unit", "processing", "service_tier", "speed"),
        sa.Column("cost", sa.Numeric),
        *texts("cost_status", nullable=False),
        sa.Column("cost_lines", postgresql.JSONB, nullable=False),
        *texts("price_id"),
        *texts("outcome", nullable=False),
        *texts("error_code"),
        sa.Column("duration_ms", sa.Integer),
        _time("occurred_at"),
        _time("recorded_at"),
        sa.Column("metadata", postgresql.JSONB),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    ]


def downgrade() -> None:
    for table in ("usage_events", "prices", "page_sessions", "api_keys", "workspaces"):
        op.drop_table(table)
