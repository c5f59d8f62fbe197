"""The values that events have, for filters."""

from __future__ import annotations

from models.cube_gaps import read_gaps
from models.database import Database
from models.errors import BadInput
from models.reach import Reach
from models.text import is_text
from models.time_range import EVER, TimeRange
from models.usage_filter import EVERYTHING
from models.usage_query import Measure, RankQuery, read_ranking
from resolvers.analytics.dimension import Dimension
from resolvers.recording.event_rules import MAX_STRING

MAX_VALUES = 1_000


async def read_dimension_values(
    database: Database,
    reach: Reach,
    dimension: Dimension,
    *,
    search: str | None,
    range: TimeRange | None,
    first: int,
) -> list[str]:
    """At most `first` values that hold the text in any case, the most used first.

    Raises BadInput for a number out of bounds.
    """
    if not 0 <= first <= MAX_VALUES:
        raise BadInput(f"first must lie between 0 and {MAX_VALUES}.", field="first")
    if search is not None and (len(search) > MAX_STRING or not is_text(search)):
        return []  # No event has such a text.
    query = RankQuery(
        reach.workspace_id,
        EVER if range is None else _within_ever(range),
        (dimension.column,),
        Measure.EVENTS,
        limit=first,
        filter=EVERYTHING.within(reach),
        search=search or None,
        with_null=False,
    )
    async with database.snapshot(reach) as driver:
        gaps = await read_gaps(driver, reach.workspace_id)
        groups = await read_ranking(driver, query, cubes_hold_all=not gaps)
    return [value for (value,) in groups if value is not None]


def _within_ever(range: TimeRange) -> TimeRange:
    """Where buckets can be told; no event lies outside."""
    return TimeRange(max(range.from_, EVER.from_), min(range.to, EVER.to))
