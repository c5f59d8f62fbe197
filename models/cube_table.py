"""The tables of cubes, and of what goes with them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlmodel import SQLModel

from models.cubes import (
    COUNTS,
    CUBES,
    MEASURES,
    PRESENCE_SETS,
    QUARTERS_A_DAY,
    Cube,
    PresenceSet,
    Tier,
)

# Counts may pass 2^63 in sums, though no event's does.
_NUMERIC = {*COUNTS, "cost"}


def _workspace() -> Column[int]:
    return Column("workspace_id", Integer, nullable=False)


def _texts(names: tuple[str, ...]) -> list[Column[str]]:
    """Compared byte by byte: quick, and in the same order as Python's."""
    return [Column(name, Text(collation="C")) for name in names]


def _time(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False)


def _key(table_name: str, *columns: str) -> UniqueConstraint:
    return UniqueConstraint(
        "workspace_id",
        *columns,
        name=f"{table_name}_key",
        postgresql_nulls_not_distinct=True,
    )


def _cube_table(cube: Cube, tier: Tier) -> Table:
    name = cube.table_name(tier)
    return Table(
        name,
        SQLModel.metadata,
        _workspace(),
        _time("bucket"),
        *_texts(cube.columns),
        *(
            Column(measure, Numeric if measure in _NUMERIC else BigInteger, nullable=False)
            for measure in MEASURES
        ),
        _key(name, "bucket", *cube.columns),
    )


def _presence_table(presence: PresenceSet) -> Table:
    return Table(
        presence.table_name,
        SQLModel.metadata,
        _workspace(),
        _time("bucket"),
        *_texts(presence.columns),
        Column("quarters", BIT(QUARTERS_A_DAY), nullable=False),
        _key(presence.table_name, "bucket", *presence.columns),
    )


CUBE_TABLES = {(cube, tier): _cube_table(cube, tier) for cube in CUBES for tier in cube.tiers}
PRESENCE_TABLES = {presence: _presence_table(presence) for presence in PRESENCE_SETS}

# When a user was first seen with a feature, ever.
FIRST_USES = Table(
    "first_uses",
    SQLModel.metadata,
    _workspace(),
    *_texts(("user_id", "feature_id")),
    _time("first_at"),
    _key("first_uses", "user_id", "feature_id"),
)

# Events with sequences in (after, until] that the cubes do not hold yet.
CUBE_GAPS = Table(
    "cube_gaps",
    SQLModel.metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("until", BigInteger, primary_key=True, autoincrement=False),
    Column("after", BigInteger, nullable=False),
)
