"""The catalogue's history, workspaces' own prices, and repricings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    default = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default)


def upgrade() -> None:
    _catalogue()
    _overrides()
    _repricings()
    # Prices and costs are changed under the workspace's lock, and told by these numbers.
    for name in ("price_revision", "repriced"):
        op.add_column(
            "workspaces",
            sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0")),
        )
    # What waits for a price is looked for again and again, and hopefully little.
    op.create_index(
        "usage_events_unpriced",
        "usage_events",
        ["workspace_id", "occurred_at"],
        postgresql_where=sa.text("cost_status IN ('UNPRICED', 'PARTIAL')"),
    )


def _catalogue() -> None:
    for column in (
        sa.Column("provider", sa.Text),
        sa.Column("model", sa.Text),
        _time("effective_from"),
        _time("effective_to"),
        sa.Column("source", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.true()),
    ):
        op.add_column("prices", column)
    # Prices that were applied before there was a history: kept for the events they explain.
    op.execute(
        """
        UPDATE prices SET
            provider = coalesce(content ->> 'provider', ''),
            model = coalesce(content ->> 'model', ''),
            effective_from = (content ->> 'effective_from')::timestamptz,
            effective_to = (content ->> 'effective_to')::timestamptz,
            source = 'genai-prices (bundled)', version = 'unknown', listed = false
        """
    )
    for name in ("provider", "model", "source", "version"):
        op.alter_column("prices", name, nullable=False)
    op.create_index("prices_model", "prices", ["provider", "model"])
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("source", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("package_version", sa.Text),
        sa.Column("models", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("content", sa.LargeBinary),
        sa.Column("etag", sa.Text),
        sa.Column("etag_source", sa.Text),
        _time("updated_at"),
        _time("checked_at"),
        _time("succeeded_at"),
        _time("claimed_until"),
        sa.Column("problem", sa.Text),
        sa.Column("held_content", sa.LargeBinary),
        sa.Column("held_etag", sa.Text),
        sa.Column("held_source", sa.Text),
        sa.Column("held_problem", sa.Text),
        sa.CheckConstraint("id = 1", name="catalogue_is_one"),
    )
    op.execute("INSERT INTO catalogue (id) VALUES (1)")


def _overrides() -> None:
    op.create_table(
        "price_overrides",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("provider", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("rates", postgresql.JSONB, nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        _time("effective_to"),
        _time("recorded_at", nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        _time("ended_at"),
        sa.Column("ended_by", sa.Text),
    )


def _repricings() -> None:
    op.create_table(
        "repricings",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        _time("requested_at", nullable=False),
        sa.Column("catalogue_revision", sa.BigInteger, nullable=False),
        sa.Column("price_revision", sa.BigInteger, nullable=False),
        _time("reached_at"),
        sa.Column("reached_sequence", sa.BigInteger),
        sa.Column("events", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("changed", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _time("finished_at"),
    )
    op.create_table(
        "earlier_costs",
        sa.Column("workspace_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("repricing_id", sa.Text, primary_key=True),
        sa.Column("cost", sa.Numeric),
        sa.Column("cost_status", sa.Text, nullable=False),
        sa.Column("cost_lines", postgresql.JSONB, nullable=False),
        sa.Column("price_id", sa.Text),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repricing_id"], ["repricings.workspace_id", "repricings.id"]
        ),
    )


def downgrade() -> None:
    for table in ("earlier_costs", "repricings", "price_overrides", "catalogue"):
        op.drop_table(table)
    op.drop_index("usage_events_unpriced", "usage_events")
    for name in ("price_revision", "repriced"):
        op.drop_column("workspaces", name)
    op.drop_index("prices_model", "prices")
    for name in (
        "provider",
        "model",
        "effective_from",
        "effective_to",
        "source",
        "version",
        "listed",
    ):
        op.drop_column("prices", name)
