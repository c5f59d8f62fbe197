"""What rules could not be evaluated for, the events that were skipped, and how far rules are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

READER = "livemeter_reader"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"
TABLES = ("alert_problems", "alert_skipped_events")


def upgrade() -> None:
    op.create_table(
        "alert_problems",
        _workspace(),
        sa.Column("kind", sa.Text, primary_key=True),
        # A rule's id; empty for the workspace.
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        _since(),
    )
    op.create_table(
        "alert_skipped_events",
        _workspace(),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        # The mark of what could not count the event.
        sa.Column("watched", sa.Text, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        _since(),
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO {READER}")
        op.execute(
            f"CREATE POLICY {READER} ON {table} FOR SELECT TO {READER} "
            f"USING (workspace_id = {WORKSPACE})"
        )
    # Rules were evaluated up to here; `sequence` follows when that is written.
    op.add_column(
        "alert_progress",
        sa.Column("reached", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
    op.execute("UPDATE alert_progress SET reached = sequence")


def _workspace() -> sa.Column[int]:
    return sa.Column(
        "workspace_id",
        sa.Integer,
        sa.ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    )


def _since() -> sa.Column[object]:
    return sa.Column(
        "since", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
    )


def downgrade() -> None:
    op.drop_column("alert_progress", "reached")
    for table in TABLES:
        op.drop_table(table)
