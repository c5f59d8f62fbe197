"""How far a reader sees: one workspace, or one customer of it. Postgres itself holds to it."""

from __future__ import annotations

from dataclasses import dataclass

# Neither may log in: the server's own role steps into them for a transaction.
READER = "livemeter_reader"
CUSTOMER = "livemeter_customer"


@dataclass(frozen=True)
class Reach:
    """With `customer_id`: nothing but this customer's events and sums."""

    workspace_id: int
    customer_id: str | None = None

    @property
    def role(self) -> str:
        return READER if self.customer_id is None else CUSTOMER

    @property
    def step_in(self) -> str:
        """The statement that takes the role on, for the rest of a transaction."""
        return f"SET LOCAL ROLE {self.role}"

    @property
    def borders(self) -> str:
        """What the policies read, set for the rest of a transaction.

        Literals, since SET takes no parameters; and not `set_config`, which would not reach the
        nodes of a cluster.
        """
        borders = [f"SET LOCAL livemeter.workspace_id = '{self.workspace_id:d}'"]
        if self.customer_id is not None:
            quoted = self.customer_id.replace("'", "''")
            borders.append(f"SET LOCAL livemeter.customer_id = '{quoted}'")
        return "; ".join(borders)
