"""How features are taken up: different users and customers, and who is new, over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.presence_query import Counts, NewUsersQuery, PresenceQuery, read_counts
from models.usage_query import Measure, RankQuery
from resolvers.analytics.dimension import narrowed
from resolvers.analytics.points import Interval, cut
from resolvers.analytics.usage import Usage, check_top


@dataclass(frozen=True)
class AdoptionPoint:
    """`new_users`: whose first event ever with the feature lies in the point."""

    start: datetime
    end: datetime
    users: int
    customers: int
    new_users: int


@dataclass(frozen=True)
class FeatureAdoption:
    feature_id: str | None
    points: list[AdoptionPoint]


async def read_adoption(usage: Usage, interval: Interval, top: int) -> list[FeatureAdoption]:
    """The features with the most users first, then those that were used without any.

    Raises BadInput for such a top, and for too many points.
    """
    check_top(top)
    points = cut(usage.range.range, interval, usage.range.zone)
    async with usage.reader.open():
        features = await _features(usage, top)
        if not features:
            return []
        workspace_id = usage.workspace_id
        filter = narrowed(usage.filter, ("feature_id",), [(feature,) for feature in features])
        users = await _counts(usage, PresenceQuery(workspace_id, points, "user_id", filter))
        customers = await _counts(usage, PresenceQuery(workspace_id, points, "customer_id", filter))
        new = await _counts(usage, NewUsersQuery(workspace_id, points, filter))
    return [
        FeatureAdoption(
            feature,
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


async def _features(usage: Usage, top: int) -> list[str | None]:
    range = (usage.range.range,)
    most = await _counts(
        usage, PresenceQuery(usage.workspace_id, range, "user_id", usage.filter, limit=top)
    )
    features = [feature for _, feature in most]
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


async def _counts(usage: Usage, query: PresenceQuery | NewUsersQuery) -> Counts:
    return await usage.reader.once(
        query, lambda driver, whole: read_counts(driver, query, cubes_hold_all=whole)
    )
