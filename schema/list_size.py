"""How long each list of the schema may come to be, and what a field costs beside its value.

The one place that says so: a list field without a rule fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The arguments of a field as they will be: literals, variables and defaults.
Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Estimate:
    """A list whose length no argument tells."""

    length: int

    def of(self, arguments: Arguments) -> int:
        return self.length


@dataclass(frozen=True)
class Asked:
    """As long as an argument says, with `beside` more; one item without `only_with`."""

    argument: str
    beside: int = 0
    only_with: str | None = None

    def of(self, arguments: Arguments) -> int:
        if self.only_with is not None and arguments.get(self.only_with) is None:
            return 1
        asked = arguments.get(self.argument)
        # What is no number is refused before it is resolved.
        return max(0, asked) + self.beside if isinstance(asked, int) else 1


@dataclass(frozen=True)
class Sent:
    """One item for each that an argument holds."""

    argument: str

    def of(self, arguments: Arguments) -> int:
        sent = arguments.get(self.argument)
        return len(sent) if isinstance(sent, list | tuple) else 1


@dataclass(frozen=True)
class Points:
    """As many as a usual range has of the interval; 2,000 is the most there can be."""

    def of(self, arguments: Arguments) -> int:
        return _POINTS.get(str(arguments.get("interval")), 2_000)


_POINTS = {"HOUR": 744, "DAY": 92, "WEEK": 53, "MONTH": 24}

Length = Estimate | Asked | Sent | Points


@dataclass(frozen=True)
class Above:
    """As long as the field above said by its rule in `PASSED_ON`."""


# Of lists.
LENGTHS: dict[str, Length | Above] = {
    "ActivityUpdate.events": Estimate(100),
    "AlertDeliveryConnection.edges": Above(),
    "AlertDeliveryConnection.nodes": Above(),
    "AlertPreview.firings": Estimate(50),
    "AlertProblem.eventIds": Estimate(10),
    "AlertRule.destinationIds": Estimate(3),
    "AlertUpdate.firings": Estimate(10),
    "ApiKey.scopes": Estimate(3),
    "Cost.lines": Estimate(4),
    "Cost.reasons": Estimate(1),
    "EventConnection.edges": Above(),
    "EventConnection.nodes": Above(),
    "FeatureAdoption.points": Above(),
    "Insight.candidates": Estimate(3),
    "Insight.numbers": Estimate(10),
    "InsightReport.insights": Estimate(100),
    "KeptFilter.costStatuses": Estimate(2),
    "KeptFilter.customerIds": Estimate(2),
    "KeptFilter.featureIds": Estimate(2),
    "KeptFilter.metadata": Estimate(2),
    "KeptFilter.models": Estimate(2),
    "KeptFilter.outcomes": Estimate(2),
    "KeptFilter.providers": Estimate(2),
    "KeptFilter.reportedCostStatuses": Estimate(2),
    "KeptFilter.requestedModels": Estimate(2),
    "KeptFilter.types": Estimate(2),
    "KeptFilter.userIds": Estimate(2),
    "MetadataPair.path": Estimate(1),
    "Mutation.acknowledgeAlerts": Sent("ids"),
    "Mutation.useReportedCosts": Estimate(5),
    "Price.rates": Estimate(6),
    "PriceConnection.edges": Above(),
    "PriceConnection.nodes": Above(),
    "Query.alertDestinations": Estimate(20),
    "Query.alertFirings": Asked("first"),
    "Query.alertProblems": Estimate(5),
    "Query.alertRules": Estimate(50),
    "Query.apiKeys": Estimate(100),
    "Query.auditLog": Asked("first"),
    "Query.dimensionValues": Asked("first"),
    "Query.invitations": Estimate(20),
    "Query.members": Estimate(50),
    "Query.priceHistory": Estimate(20),
    "Query.reportedProviders": Estimate(5),
    "Query.unpricedUsage": Asked("first"),
    "RecordEventsPayload.results": Above(),
    "Repricing.groups": Estimate(50),
    "TimelineSeries.points": Above(),
    "UnpricedUsage.missingUnits": Estimate(4),
    "UnpricedUsage.reasons": Estimate(4),
    "Usage.adoption": Asked("top"),
    "Usage.breakdown": Asked("top", beside=1),
    "Usage.timeline": Asked("top", beside=1, only_with="by"),
    "SideCall.units": Estimate(4),
    "UsageEvent.sideCalls": Estimate(1),
    "UsageEvent.units": Estimate(6),
    "Viewer.scopes": Estimate(3),
    "Viewer.workspaces": Estimate(10),
    # Introspection, as long as this schema is.
    "__Directive.args": Estimate(2),
    "__Directive.locations": Estimate(4),
    "__Field.args": Estimate(2),
    "__Schema.directives": Estimate(6),
    "__Schema.types": Estimate(100),
    "__Type.enumValues": Estimate(5),
    "__Type.fields": Estimate(10),
    "__Type.inputFields": Estimate(8),
    "__Type.interfaces": Estimate(1),
    "__Type.possibleTypes": Estimate(1),
}

# Of fields that say how long lists below them are.
PASSED_ON: dict[str, Length] = {
    "Mutation.recordEvents": Sent("events"),
    "Query.alertDeliveries": Asked("first"),
    "Query.events": Asked("first"),
    "Query.prices": Asked("first"),
    "Usage.adoption": Points(),
    "Usage.timeline": Points(),
}

# In values: what asking Postgres takes, as long as an answer of so many values.
SURCHARGES: dict[str, int] = {
    "AlertRule.budget": 200,
    "Mutation.acknowledgeAlerts": 100,
    "Mutation.changeAlertRule": 100,
    "Mutation.changeMemberRole": 100,
    "Mutation.useReportedCosts": 100,
    "Mutation.createAlertDestination": 100,
    "Mutation.createAlertRule": 100,
    "Mutation.createApiKey": 100,
    "Mutation.createCustomerToken": 100,
    "Mutation.deleteAlertDestination": 100,
    "Mutation.deleteAlertRule": 100,
    "Mutation.enableAlertRule": 100,
    "Mutation.endPrice": 100,
    "Mutation.inviteMember": 100,
    "Mutation.recordEvents": 100,
    "Mutation.removeMember": 100,
    "Mutation.repriceEvents": 5_000,
    "Mutation.resendAlertDelivery": 100,
    "Mutation.resendDeadAlertDeliveries": 1_000,
    "Mutation.revokeApiKey": 100,
    "Mutation.revokeInvitation": 100,
    "Mutation.rotateAlertDestinationSecret": 100,
    "Mutation.setPrice": 100,
    "Mutation.testAlertDestination": 5_000,
    "Query.alertDeliveries": 200,
    "Query.alertDestinations": 100,
    "Query.alertFirings": 200,
    "Query.alertPreview": 10_000,
    "Query.alertProblems": 100,
    "Query.alertRules": 100,
    "Query.apiKeys": 100,
    "Query.auditLog": 100,
    "Query.dimensionValues": 500,
    "Query.event": 50,
    "Query.events": 200,
    "Query.insights": 10_000,
    "Query.invitations": 100,
    "Query.members": 100,
    "Query.openAlerts": 50,
    "Query.priceHistory": 100,
    "Query.prices": 200,
    "Query.reportedProviders": 100,
    "Query.unpricedUsage": 1_000,
    "Query.usage": 100,
    "Subscription.activity": 100,
    "Subscription.alerts": 100,
    "Usage.adoption": 10_000,
    "Usage.breakdown": 1_000,
    "Usage.previous": 200,
    "Usage.timeline": 1_000,
    "Usage.totals": 200,
}
