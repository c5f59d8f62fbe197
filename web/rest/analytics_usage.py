"""`GET /v1/analytics/usage`: what was used in a range of days, in one answer."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from resolvers.analytics.points import Interval
from resolvers.analytics.usage import Usage
from resolvers.analytics.usage_range import usage_range
from web.rest.endpoint import Asked, Endpoint
from web.rest.parameter_kinds import choice
from web.rest.refusal import JSON
from web.rest.selection import (
    CUSTOMER_ID,
    FEATURE_ID,
    MODEL,
    PROVIDER,
    RANGE_PARAMETERS,
    now,
    read_filter,
    read_range,
    read_zone,
)
from web.rest.usage_report import UsageAnswer, read_report

_INTERVALS = {"day": Interval.DAY, "week": Interval.WEEK, "month": Interval.MONTH}
GROUP_BY = choice(
    "groupBy",
    "What one point of the timeline is: a day where it is absent; weeks begin on Monday. There "
    "are at most 2,000 points.",
    _INTERVALS,
)


async def _answer(asked: Asked) -> Response:
    values, moment = asked.values, now()
    range = read_range(values, moment)
    usage = Usage.within(
        asked.services.database,
        asked.viewer.reach,
        usage_range(None, range.from_, range.to, read_zone(values), moment),
        read_filter(values),
    )
    report = await read_report(usage, _INTERVALS[values.get(GROUP_BY) or "day"])
    return Response(msgspec.json.encode(UsageAnswer(report)), media_type=JSON)


ANALYTICS_USAGE = Endpoint(
    path="/v1/analytics/usage",
    name="analyticsUsage",
    summary="Usage of a range: totals, by feature, by provider, by type, over time",
    description="Counts and amounts are strings, so that no digit is lost. What is not priced is "
    "counted in `unpricedEvents`, and its cost in nothing. A range has at most ten years.",
    own_parameters=(
        *RANGE_PARAMETERS,
        GROUP_BY,
        CUSTOMER_ID,
        FEATURE_ID,
        PROVIDER,
        MODEL,
    ),
    answers={JSON: {"$ref": "#/components/schemas/UsageAnswer"}},
    answer=_answer,
)
