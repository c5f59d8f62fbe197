"""How features are taken up: different users and customers, and who is new, over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.presence_query import Counts, NewUsersQuery, PresenceQuery, read_counts
from models.usage_filter import UsageFilter
from models.usage_query import Measure, RankQuery
from resolvers.analytics.dimension import narrowed
from resolvers.analytics.points import Interval, cut
from resolvers.analytics.usage import Usage, check_series, check_top


@dataclass(frozen=True)
class AdoptionPoint:
    """`new_users`: those of the users whose first event ever with the feature lies in the point."""

    start: datetime
    end: datetime
    users: int
    customers: int
    new_users: int


@dataclass(frozen=True)
class FeatureAdoption:
    """Whoever is there in several points is one of the whole range.

    Under a filter `new_users` may be more than those of the points: the first event of one who is
    there in the range may lie in a point in which only others' events pass.
    """

    feature_id: str | None
    users: int
    customers: int
    new_users: int
    points: list[AdoptionPoint]


async def read_adoption(usage: Usage, interval: Interval, top: int) -> list[FeatureAdoption]:
    """The features with the most users first, then those that were used without any.

    Raises BadInput for such a top, and for too many points.
    """
    check_top(top)
    points = cut(usage.range.range, interval, usage.range.zone)
    check_series(top, len(points))
    async with usage.reader.open():
        range_users = await _counts(usage, _range_query(usage, "user_id", usage.filter, top))
        features = await _features(usage, [feature for _, feature in range_users], top)
        if not features:
            return []
        workspace_id = usage.workspace_id
        filter = narrowed(usage.filter, ("feature_id",), [(feature,) for feature in features])
        users = await _counts(usage, PresenceQuery(workspace_id, points, "user_id", filter))
        customers = await _counts(usage, PresenceQuery(workspace_id, points, "customer_id", filter))
        range_customers = await _counts(usage, _range_query(usage, "customer_id", filter))
        new = await _counts(usage, NewUsersQuery(workspace_id, points, filter))
        range_new = await _counts(usage, NewUsersQuery(workspace_id, (usage.range.range,), filter))
    return [
        FeatureAdoption(
            feature,
            range_users.get((0, feature), 0),
            range_customers.get((0, feature), 0),
            range_new.get((0, feature), 0),
            [
                AdoptionPoint(
                    *point,
                    users.get((place, feature), 0),
                    customers.get((place, feature), 0),
                    new.get((place, feature), 0),
                )
                for place, point in enumerate(points)
            ],
        )
        for feature in features
    ]


async def _features(usage: Usage, with_users: list[str | None], top: int) -> list[str | None]:
    features = list(with_users)
    if len(features) < top:
        used = await usage.ranking(
            RankQuery(
                usage.workspace_id,
                usage.range.range,
                ("feature_id",),
                Measure.EVENTS,
                top,
                usage.filter,
            )
        )
        features += [feature for (feature,) in used if feature not in features]
    return features[:top]


def _range_query(
    usage: Usage, member: str, filter: UsageFilter, limit: int | None = None
) -> PresenceQuery:
    """Of the whole range, the features with the most first where there is a limit."""
    return PresenceQuery(usage.workspace_id, (usage.range.range,), member, filter, limit)


async def _counts(usage: Usage, query: PresenceQuery | NewUsersQuery) -> Counts:
    return await usage.reader.once(
        query, lambda driver, whole: read_counts(driver, query, cubes_hold_all=whole)
    )
