"""What responses say beyond counts, and why a cost is not known in full.

All columns are nullable and without a default: adding them rewrites no row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "requested_model": "text",
    "region": "text",
    "search_context_size": "text",
    "side_calls": "jsonb",
    "cost_reasons": "jsonb",
    "reported_cost": "numeric",
    "reported_cost_status": "text",
    "computed_cost": "numeric",
}


READER = "livemeter_reader"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"


# Of a repricing's costs before: what explains them.
EARLIER = ("cost_reasons jsonb", "reported_cost_status text", "computed_cost numeric")


def upgrade() -> None:
    # In the order in which evaluation takes them, so that the two never wait for each other.
    op.execute("LOCK TABLE alert_progress IN ACCESS EXCLUSIVE MODE")
    columns = (f"ADD COLUMN {name} {kind}" for name, kind in COLUMNS.items())
    op.execute(f"ALTER TABLE usage_events {', '.join(columns)}")
    op.execute(f"ALTER TABLE earlier_costs {', '.join('ADD COLUMN ' + each for each in EARLIER)}")
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
    for column in EARLIER:
        op.drop_column("earlier_costs", column.split()[0])
