"""Where alerts are sent, and the outbox of what is sent there.

Readers see neither secrets nor whole URLs: a chat's URL is a secret too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

READER = "livemeter_reader"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"
TABLES = ("alert_deliveries", "alert_destinations")
SHOWN = "workspace_id, id, name, kind, shown_url, addresses, created_at, created_by, deleted_at"


def upgrade() -> None:
    _destinations()
    _deliveries()
    op.execute(f"GRANT SELECT ({SHOWN}) ON alert_destinations TO {READER}")
    op.execute(f"GRANT SELECT ON alert_deliveries TO {READER}")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {READER} ON {table} FOR SELECT TO {READER} "
            f"USING (workspace_id = {WORKSPACE})"
        )


def _destinations() -> None:
    op.create_table(
        "alert_destinations",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("shown_url", sa.Text),
        _texts("addresses"),
        sa.Column("secret", sa.Text),
        # A receiver has some time to learn of a new secret: messages are signed by both.
        sa.Column("earlier_secret", sa.Text),
        _time("earlier_secret_until", nullable=True),
        _time("created_at"),
        sa.Column("created_by", sa.Text, nullable=False),
        _time("deleted_at", nullable=True),
    )


def _deliveries() -> None:
    op.create_table(
        "alert_deliveries",
        sa.Column("workspace_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("destination_id", sa.Text, nullable=False),
        sa.Column("order_key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message", postgresql.JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _time("created_at"),
        # When the day of tries began: anew when it is sent again.
        _time("queued_at"),
        _time("next_at"),
        _time("claimed_until", nullable=True),
        # The e-mail addresses that have taken it already.
        _texts("accepted"),
        sa.Column("last_error", sa.Text),
        sa.Column("last_status", sa.Integer),
        _time("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "destination_id"],
            ["alert_destinations.workspace_id", "alert_destinations.id"],
        ),
    )
    op.create_index(
        "alert_deliveries_pending",
        "alert_deliveries",
        ["workspace_id", "destination_id", "order_key", "number"],
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index("alert_deliveries_order", "alert_deliveries", ["workspace_id", "order_key"])
    op.create_index("alert_deliveries_number", "alert_deliveries", ["workspace_id", "number"])
    op.create_index(
        "alert_deliveries_dead",
        "alert_deliveries",
        ["workspace_id", "number"],
        postgresql_where=sa.text("state = 'DEAD'"),
    )


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.ARRAY(sa.Text), nullable=False, server_default="{}")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
