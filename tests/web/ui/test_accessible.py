"""axe-core finds nothing serious on any page, in either theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from models.alert_rule import AlertPeriod
from resolvers.analytics.dimension import Dimension
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.analytics_page import AnalyticsPage
from tests.web.ui.conftest import sign_in
from tests.web.ui.inputs import ago, call

pytestmark = pytest.mark.browser

_AXE = Path(__file__).parents[3] / "web" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
_SHOWN = {
    "activity": "tr.event",
    "analytics?numbers=shown&range=7-days": "[data-testid=users] tr",
    "insights?range=7-days": "[data-testid=insight]",
    "alerts": "tr.firing",
    "alerts?view=rules": "tr.rule-row",
    "alerts?view=budgets": "[data-testid=budget]",
    "alerts?view=destinations": "[data-testid=destination]",
    "prices": "tr.price",
    "keys": "tr.key",
}


async def _serious(page: AnalyticsPage) -> list[str]:
    # Evaluated by the debugger: the page's policy lets no script in.
    await page.evaluate(_AXE.read_text())
    found: list[dict[str, Any]] = await page.evaluate(
        "async () => (await axe.run()).violations.filter(({ impact }) =>"
        " ['serious', 'critical'].includes(impact))"
    )
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", _SHOWN)
async def test_axe_finds_nothing_serious(
    analytics: AnalyticsPage,
    client: GraphQLClient,
    evaluated: Evaluated,
    server: InProcessServer,
    keys: Keys,
    path: str,
    scheme: Literal["light", "dark"],
) -> None:
    await client.record(
        call("1", outcome="ERROR", errorCode="overloaded"),
        call("2", occurredAt=ago(days=2), provider="in-house", model="support-7b"),
        call("3", userId=None, customerId=None, featureId=None),
    )
    await evaluated.rule("0.001", name="Dear customer", per=Dimension("CUSTOMER"))
    await evaluated.rule("0.001", name="Of the month", period=AlertPeriod.MONTH)
    await evaluated.step()
    await sign_in(analytics, server, keys.admin)
    await analytics.tab.emulate_media(color_scheme=scheme)
    await analytics.tab.goto(f"{analytics.url}/{path}")
    await analytics.tab.locator(_SHOWN[path]).first.wait_for()
    await analytics.tab.get_by_role("button", name="open alert").wait_for()
    assert await _serious(analytics) == []
