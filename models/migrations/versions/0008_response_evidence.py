"""What responses say beyond counts, and why a cost is not known in full.

All columns are nullable and without a default: adding them rewrites no row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "requested_model": sa.Text,
    "region": sa.Text,
    "search_context_size": sa.Text,
    "side_calls": postgresql.JSONB,
    "cost_reasons": postgresql.JSONB,
    "reported_cost": sa.Numeric,
    "reported_cost_status": sa.Text,
    "computed_cost": sa.Numeric,
}


READER = "livemeter_reader"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("usage_events", sa.Column(name, kind))
    op.create_table(
        "reported_providers",
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
    )
    op.execute(f"GRANT SELECT ON reported_providers TO {READER}")
    op.execute("ALTER TABLE reported_providers ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {READER} ON reported_providers FOR SELECT TO {READER} "
        f"USING (workspace_id = {WORKSPACE})"
    )


def downgrade() -> None:
    op.drop_table("reported_providers")
    for name in COLUMNS:
        op.drop_column("usage_events", name)
