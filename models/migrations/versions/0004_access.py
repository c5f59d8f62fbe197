"""Row-level security for readers; customers' tokens, when keys were used, and what was done.

The owner of the tables is not bound by it: it writes, and checks the workspace in its statements.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

READER, CUSTOMER = "livemeter_reader", "livemeter_customer"
WORKSPACE = "nullif(current_setting('livemeter.workspace_id', true), '')::int"
CUSTOMER_ID = "nullif(current_setting('livemeter.customer_id', true), '')"

# What belongs to workspaces and to customers of them; a customer sees no other sums.
OF_CUSTOMERS = (
    "usage_events",
    "cube_customers_by_quarter_hour",
    "cube_customers_by_day",
    "cube_users_by_day",
    "cube_combinations_by_day",
    "presence_of_users",
    "presence_of_customers",
)
# What belongs to workspaces alone.
OF_WORKSPACES = (
    "cube_totals_by_quarter_hour",
    "cube_totals_by_day",
    "cube_features_by_quarter_hour",
    "cube_features_by_day",
    "cube_models_by_quarter_hour",
    "cube_models_by_day",
    "cube_outcomes_by_quarter_hour",
    "cube_outcomes_by_day",
    "first_uses",
    "earlier_costs",
    "repricings",
    "audit_entries",
)
# What explains a customer's costs and says where the log and its sums end.
OF_WORKSPACES_FOR_BOTH = ("workspaces", "cube_gaps", "price_overrides")
FOR_BOTH = ("prices", "catalogue")


def upgrade() -> None:
    op.add_column("api_keys", _time("last_used_at", nullable=True))
    _customer_tokens()
    _audit_entries()
    _grant_schema()
    for table in OF_CUSTOMERS:
        _allow(table, READER, f"workspace_id = {WORKSPACE}")
        _allow(table, CUSTOMER, f"workspace_id = {WORKSPACE} AND customer_id = {CUSTOMER_ID}")
    for table in OF_WORKSPACES:
        _allow(table, READER, f"workspace_id = {WORKSPACE}")
    for table in OF_WORKSPACES_FOR_BOTH:
        column = "id" if table == "workspaces" else "workspace_id"
        for role in (READER, CUSTOMER):
            _allow(table, role, f"{column} = {WORKSPACE}")
    for table in FOR_BOTH:
        op.execute(f"GRANT SELECT ON {table} TO {READER}, {CUSTOMER}")


def _customer_tokens() -> None:
    op.create_table(
        "customer_tokens",
        # Asked before the workspace is known, so it cannot start with workspace_id.
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text),
        _time("created_at"),
        _time("expires_at"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]
        ),
    )
    op.create_index("customer_tokens_expiry", "customer_tokens", ["workspace_id", "expires_at"])


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        # None for what concerns no workspace: a sign-in under an unknown name.
        sa.Column("workspace_id", sa.Integer, sa.ForeignKey("workspaces.id")),
        _time("at"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("detail", postgresql.JSONB),
        sa.Column("address", sa.Text),
    )
    op.create_index("audit_entries_workspace", "audit_entries", ["workspace_id", "id"])


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _grant_schema() -> None:
    op.execute(
        f"""
        DO $$ BEGIN
            EXECUTE format(
                'GRANT USAGE ON SCHEMA %I TO {READER}, {CUSTOMER}', current_schema()
            );
        END $$
        """
    )


def _allow(table: str, role: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {role}")
    op.execute(f"CREATE POLICY {role} ON {table} FOR SELECT TO {role} USING ({condition})")


def downgrade() -> None:
    for table in FOR_BOTH:
        op.execute(f"REVOKE SELECT ON {table} FROM {READER}, {CUSTOMER}")
    for table in (*OF_CUSTOMERS, *OF_WORKSPACES, *OF_WORKSPACES_FOR_BOTH):
        for role in (READER, CUSTOMER):
            op.execute(f"DROP POLICY IF EXISTS {role} ON {table}")
            op.execute(f"REVOKE SELECT ON {table} FROM {role}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.drop_table("audit_entries")
    op.drop_table("customer_tokens")
    op.drop_column("api_keys", "last_used_at")
