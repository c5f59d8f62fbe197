"""Rules that watch usage, what they watch by the minute, and what they found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

READER = "livemeter_reader"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"
TABLES = (
    *("alert_firings", "alert_buckets", "alert_streams", "alert_progress", "alert_revisions"),
    "alert_rules",
)


def upgrade() -> None:
    _rules()
    _progress()
    _streams()
    _buckets()
    _firings()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO {READER}")
        op.execute(
            f"CREATE POLICY {READER} ON {table} FOR SELECT TO {READER} "
            f"USING (workspace_id = {WORKSPACE})"
        )


def _rules() -> None:
    op.create_table(
        "alert_rules",
        _workspace(),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_enabled", sa.Boolean, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("filter", postgresql.JSONB, nullable=False),
        sa.Column("per", sa.Text),
        sa.Column("window_minutes", sa.Integer),
        sa.Column("period", sa.Text),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("threshold", sa.Numeric),
        sa.Column("minimum", sa.Numeric, nullable=False),
        sa.Column("minimum_events", sa.Integer, nullable=False),
        sa.Column("destination_ids", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        _time("created_at"),
        _time("updated_at"),
        # Since it is about what it is about now: what fired before was about something else.
        _time("watches_since"),
        _time("deleted_at", nullable=True),
    )
    # Of its own, so that changing rules waits for nobody who evaluates them.
    op.create_table(
        "alert_revisions",
        _workspace(),
        sa.Column("rules", sa.BigInteger, nullable=False),
    )


def _progress() -> None:
    op.create_table(
        "alert_progress",
        _workspace(),
        # The buckets hold what was recorded up to here.
        sa.Column("sequence", sa.BigInteger, nullable=False),
        # Numbers the changes of firings, in the order of their commits.
        sa.Column("changes", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("holder", sa.Text),
        _time("held_until", nullable=True),
    )
    op.execute("ALTER TABLE alert_progress SET (fillfactor = 50)")


def _streams() -> None:
    op.create_table(
        "alert_streams",
        _workspace(),
        # Another one each time that the same is watched anew.
        sa.Column("id", sa.Text(collation="C"), primary_key=True),
        sa.Column("watched", sa.Text, nullable=False),
        # Its buckets are let go of little by little.
        sa.Column("closed", sa.Boolean, nullable=False),
        # What was recorded later came in as it was recorded; earlier events are filled in, the
        # latest first, from `filled_from` on.
        sa.Column("start_sequence", sa.BigInteger, nullable=False),
        _time("filled_from"),
        _time("needed_from"),
    )


def _buckets() -> None:
    op.create_table(
        "alert_buckets",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        _time("minute"),
        sa.Column("key", sa.Text(collation="C")),
        sa.Column("events", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.Numeric, nullable=False),
        sa.Column("cost", sa.Numeric, nullable=False),
        sa.Column("unpriced_events", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.UniqueConstraint(
            *("workspace_id", "stream_id", "minute", "key"),
            name="alert_buckets_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.execute("ALTER TABLE alert_buckets SET (fillfactor = 80)")


def _firings() -> None:
    op.create_table(
        "alert_firings",
        _workspace(),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rule_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        _time("opened_at"),
        _time("window_from"),
        _time("window_to"),
        sa.Column("value", sa.Numeric, nullable=False),
        sa.Column("limit_value", sa.Numeric),
        sa.Column("usual_value", sa.Numeric),
        sa.Column("peak_value", sa.Numeric, nullable=False),
        sa.Column("events", sa.Numeric, nullable=False),
        sa.Column("unpriced_events", sa.Numeric, nullable=False),
        # None until it was told of: what is told together has it in common.
        sa.Column("order_key", sa.Text),
        _time("acknowledged_at", nullable=True),
        sa.Column("acknowledged_by", sa.Text),
        _time("resolved_at", nullable=True),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "rule_id"], ["alert_rules.workspace_id", "alert_rules.id"]
        ),
    )
    op.create_index(
        "alert_firings_open",
        "alert_firings",
        ["workspace_id", "rule_id", "key"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("alert_firings_opened", "alert_firings", ["workspace_id", "opened_at", "id"])
    op.create_index("alert_firings_change", "alert_firings", ["workspace_id", "change"])


def _workspace() -> sa.Column[int]:
    return sa.Column(
        "workspace_id",
        sa.Integer,
        sa.ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    )


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
