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
    "computed_cost": sa.Numeric,
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("usage_events", sa.Column(name, kind))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("usage_events", name)
