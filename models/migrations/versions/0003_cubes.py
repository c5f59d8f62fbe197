"""Cubes, who was there, first uses, and what the cubes do not hold yet.

Nothing is built here: `cubed_sequence` of a log that has events is behind its head, and what lies
between is built in the background, in bounded steps, while recording goes on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CUBES = {
    "totals": (),
    "features": ("feature_id",),
    "models": ("model", "provider", "type"),
    "customers": ("customer_id",),
    "outcomes": ("outcome", "cost_status", "model", "provider", "type"),
    "users": ("user_id", "customer_id"),
    "combinations": ("customer_id", "feature_id", "model", "provider", "type"),
}
BY_DAY_ALONE = {"users", "combinations"}
PRESENCE = {
    "users": ("user_id", "feature_id", "customer_id"),
    "customers": ("customer_id", "feature_id"),
}
COUNTS = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens", "input_audio_tokens", "output_audio_tokens", "images"),
)


def upgrade() -> None:
    op.add_column(
        "workspaces",
        sa.Column("cubed_sequence", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "cube_gaps",
        sa.Column("workspace_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("until", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("after", sa.BigInteger, nullable=False),
    )
    for name, columns in CUBES.items():
        for tier in ("day",) if name in BY_DAY_ALONE else ("quarter_hour", "day"):
            _create(f"cube_{name}_by_{tier}", ("bucket",), columns, _measures())
    for name, columns in PRESENCE.items():
        _create(f"presence_of_{name}", ("bucket",), columns, _quarters())
    _create("first_uses", (), ("user_id", "feature_id"), [_time("first_at")])


def _create(name: str, times: tuple[str, ...], texts: tuple[str, ...], rest: list[Any]) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer, nullable=False),
        *(_time(column) for column in times),
        *(sa.Column(column, sa.Text(collation="C")) for column in texts),
        *rest,
        sa.UniqueConstraint(
            "workspace_id", *times, *texts, name=f"{name}_key", postgresql_nulls_not_distinct=True
        ),
    )
    # Rows are changed many times over; with room on their page that touches no index.
    op.execute(f"ALTER TABLE {name} SET (fillfactor = 80)")


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _quarters() -> list[Any]:
    return [sa.Column("quarters", postgresql.BIT(96), nullable=False)]


def _measures() -> list[sa.Column[object]]:
    return [
        sa.Column("events", sa.BigInteger, nullable=False),
        *(sa.Column(count, sa.Numeric, nullable=False) for count in COUNTS),
        sa.Column("cost", sa.Numeric, nullable=False),
        sa.Column("unpriced_events", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
    ]


def downgrade() -> None:
    for name in CUBES:
        for tier in ("day",) if name in BY_DAY_ALONE else ("quarter_hour", "day"):
            op.drop_table(f"cube_{name}_by_{tier}")
    for name in ("presence_of_users", "presence_of_customers", "first_uses", "cube_gaps"):
        op.drop_table(name)
    op.drop_column("workspaces", "cubed_sequence")
