"""What the events say that the cubes should hold, in SQL: to build, to compare and to repair.

Names of tables and columns come from the declaration; all values are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.cubes import COUNTS, CUBES, PRESENCE_SETS, QUARTERS_A_DAY, Cube, PresenceSet, Tier

_ORIGIN = "'0001-01-01 00:00:00+00'::timestamptz"
_LENGTHS = {Tier.QUARTER_HOUR: "'15 minutes'::interval", Tier.DAY: "'1 day'::interval"}

# Each measure of an event.
MEASURE_OF_EVENT = {
    "events": "1",
    **{count: f"coalesce({count}, 0)" for count in COUNTS},
    "cost": "coalesce(cost, 0)",
    "unpriced_events": "(cost_status IN ('PARTIAL', 'UNPRICED'))::int",
    "errors": "(outcome = 'ERROR')::int",
}


def bucket_of_event(tier: Tier) -> str:
    return f"date_bin({_LENGTHS[tier]}, occurred_at, {_ORIGIN})"


def quarter_of_event() -> str:
    """The quarter of the event's UTC day, as a set of that one."""
    since_midnight = f"extract(epoch FROM occurred_at - {bucket_of_event(Tier.DAY)})"
    first = "1" + "0" * (QUARTERS_A_DAY - 1)
    return f"B'{first}'::bit({QUARTERS_A_DAY}) >> floor({since_midnight} / 900)::int"


@dataclass(frozen=True)
class Content:
    """A table that follows the events: its key, its values, and how it gains by new ones."""

    table: str
    key: tuple[str, ...]
    key_of_event: tuple[str, ...]
    values: tuple[str, ...]
    values_of_events: tuple[str, ...]
    gain: str
    members: str = "true"
    nothing: str = "false"

    @property
    def columns(self) -> str:
        return ", ".join((*self.key, *self.values))

    def from_events(self, *conditions: str) -> str:
        """The rows that the workspace's events make; $1 is the workspace."""
        selected = ", ".join((*self.key_of_event, *self.values_of_events))
        where = " AND ".join(("workspace_id = $1", self.members, *conditions))
        places = ", ".join(str(place + 1) for place in range(len(self.key)))
        return f"SELECT {selected} FROM usage_events WHERE {where} GROUP BY {places}"

    def add_from_events(self, *conditions: str) -> str:
        gains = ", ".join(self.gain.format(name=name) for name in self.values)
        return (
            f"INSERT INTO {self.table} AS known (workspace_id, {self.columns}) "
            f"SELECT $1, * FROM ({self.from_events(*conditions)}) AS added "
            f"ON CONFLICT ON CONSTRAINT {self.table}_key DO UPDATE SET {gains}"
        )

    def difference(self, of_events: Sequence[str], of_table: Sequence[str]) -> str:
        """Rows that only the events make, and rows that only the table has."""
        events = self.from_events(*of_events)
        where = " AND ".join(("workspace_id = $1", f"NOT ({self.nothing})", *of_table))
        table = f"SELECT {self.columns} FROM {self.table} WHERE {where}"
        return (
            f"SELECT true AS of_events, * FROM ({events} EXCEPT {table}) AS missing "
            f"UNION ALL SELECT false, * FROM ({table} EXCEPT {events}) AS wrong"
        )


def _of_cube(cube: Cube, tier: Tier) -> Content:
    sums = tuple(f"sum({of_event})" for of_event in MEASURE_OF_EVENT.values())
    return Content(
        table=cube.table_name(tier),
        key=("bucket", *cube.columns),
        key_of_event=(bucket_of_event(tier), *cube.columns),
        values=tuple(MEASURE_OF_EVENT),
        values_of_events=sums,
        gain="{name} = known.{name} + excluded.{name}",
        # What repricing took the last event from.
        nothing=" AND ".join(f"{measure} = 0" for measure in MEASURE_OF_EVENT),
    )


def _of_presence(presence_set: PresenceSet) -> Content:
    return Content(
        table=presence_set.table_name,
        key=("bucket", *presence_set.columns),
        key_of_event=(bucket_of_event(Tier.DAY), *presence_set.columns),
        values=("quarters",),
        values_of_events=(f"bit_or({quarter_of_event()})",),
        gain="{name} = known.{name} | excluded.{name}",
        members=f"{presence_set.member} IS NOT NULL",
    )


FIRST_USES_CONTENT = Content(
    table="first_uses",
    key=("user_id", "feature_id"),
    key_of_event=("user_id", "feature_id"),
    values=("first_at",),
    values_of_events=("min(occurred_at)",),
    gain="{name} = least(known.{name}, excluded.{name})",
    members="user_id IS NOT NULL",
)
# All that have buckets, so that they can be compared and repaired day by day.
BUCKETED_CONTENTS = (
    *(_of_cube(cube, tier) for cube in CUBES for tier in cube.tiers),
    *(_of_presence(presence_set) for presence_set in PRESENCE_SETS),
)
CONTENTS = (*BUCKETED_CONTENTS, FIRST_USES_CONTENT)
