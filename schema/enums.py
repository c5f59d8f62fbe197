"""The contract's enums: the lower rooms' own words, made known to GraphQL in place."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from models.alert_delivery import DeliveryKind, DeliveryState
from models.alert_destination import DestinationKind
from models.alert_problem import ProblemKind
from models.cost import CostReasonCode, CostStatus, ReportedCostStatus
from models.event import EventType, Outcome
from models.key import Scope
from models.price import PriceSource
from models.usage_query import Measure
from resolvers.analytics.dimension import Dimension
from resolvers.analytics.points import Interval
from resolvers.insights.insight import InsightAmount, InsightKind
from resolvers.recording.record_events import RecordStatus
from resolvers.time_range import RangePreset

__all__ = [
    "CostReasonCode",
    "CostStatus",
    "DeliveryKind",
    "DeliveryState",
    "DestinationKind",
    "Dimension",
    "EventOrder",
    "EventType",
    "InsightAmount",
    "InsightKind",
    "Interval",
    "Measure",
    "Outcome",
    "PriceSource",
    "RangePreset",
    "RecordStatus",
    "ReportedCostStatus",
    "Scope",
]


class EventOrder(StrEnum):
    NEWEST_FIRST = "NEWEST_FIRST"
    OLDEST_FIRST = "OLDEST_FIRST"


strawberry.enum(EventType, description="What kind of use an event stands for.")
strawberry.enum(Outcome, description="How the call that the event stands for ended.")
strawberry.enum(
    CostStatus,
    description="How much of a cost is known. PRICED: every reported unit had a price. PARTIAL: "
    "some unit has no rate, or the response contradicts itself; the amount covers the rest. "
    "UNPRICED: no price was known, or no usage was reported; the amount is null, never 0. "
    "SUPPLIED: the caller gave the cost. REPORTED: the provider or gateway said what it charged, "
    "and the workspace lets that count.",
)
strawberry.enum(
    CostReasonCode,
    description="Why a cost is not known in full. NO_USAGE: no usage was reported. NO_PRICE: no "
    "price is known. NO_RATE: the price has no rate for the unit. NO_CONTEXT_RATE: the price has "
    "no rate for how the call was run. MIXED_UNITS: it is not known how much of the unit is of "
    "which kind. CONTRADICTION: the response contradicts itself. "
    "UNKNOWN_FEE: the response tells of something that is billed, at a fee that is not known.",
)
strawberry.enum(
    ReportedCostStatus,
    description="How our cost compares with what the provider or gateway says it charged. DIFFERS: "
    "by more than 1 %. NOT_COMPARED: our cost is not known.",
)
strawberry.enum(
    PriceSource,
    description="Where a price comes from: the public catalogue, or the workspace's own.",
)
strawberry.enum(
    Scope,
    description="What a key may do. EVENTS_WRITE: record events. USAGE_READ: read events, "
    "analytics and prices. ADMIN: manage prices, alerts and keys.",
)
strawberry.enum(
    RecordStatus,
    description="What became of an event. DUPLICATE: the same id with the same content was "
    "recorded before. CONFLICT: the same id with other content was; nothing was changed. "
    "REJECTED: the event is not valid, `problem` says why; its siblings are recorded.",
)
strawberry.enum(
    RangePreset,
    description="Calendar days of the time zone that end with the current day: LAST_7_DAYS is "
    "today and the six days before.",
)
strawberry.enum(EventOrder, description="By `occurredAt`, then by recording.")
strawberry.enum(
    Interval,
    description="Of the calendar of a time zone; weeks are ISO's, from Monday. An hour that a "
    "change of clock repeats is two.",
)
strawberry.enum(
    DestinationKind,
    name="AlertDestinationKind",
    description="How alerts are sent. WEBHOOK: JSON, signed as in Standard Webhooks. SLACK: to "
    "Slack, and to chats that take what Slack takes. EMAIL: by the mail server that is set.",
)
strawberry.enum(
    ProblemKind,
    name="AlertProblemKind",
    description="What a problem is of. WORKSPACE: no rule of the workspace is evaluated. RULE: one "
    "rule is not, or not for all keys. EVENT: events could not be counted and are missing in what "
    "rules watch.",
)
strawberry.enum(
    DeliveryKind,
    name="AlertDeliveryKind",
    description="What a delivery tells of. DIGEST: several firings in one message.",
)
strawberry.enum(
    DeliveryState,
    name="AlertDeliveryState",
    description="PENDING: it is tried until it is taken, for a day. DEAD: it was given up, and "
    "can be sent again.",
)
strawberry.enum(Dimension, description="What usage is grouped by.")
strawberry.enum(Measure, description="What groups are ranked and spikes are told by.")
strawberry.enum(
    InsightKind,
    description="What an insight is about. CHEAPER_MODEL, CACHE_SAVINGS and BATCH_PRICE are "
    "what-ifs on price.",
)
strawberry.enum(
    InsightAmount,
    description="What an insight's dollars are. COULD_SAVE: what the what-if would have saved. "
    "SAVED: what was saved already. WASTED: what was paid for nothing. EXCESS: what exceeds the "
    "usual. UNKNOWN: there is no amount.",
)
