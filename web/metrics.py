"""What a Prometheus may watch: numbers that are the same whichever process it asks."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models.alert_standing import AlertStanding, read_standing
from models.catalogue_table import CatalogueRow
from models.errors import Unavailable
from resolvers.prices.price_list import catalogue_standing
from resolvers.services import Services


async def metrics(request: Request) -> Response:
    """How the catalogue and alerts stand; 503 while Postgres, which knows it, is away."""
    services: Services = request.app.state.services
    try:
        row = await catalogue_standing(services.database)
        alerts = await read_standing(services.database)
    except Unavailable as error:
        return PlainTextResponse(f"{error.message}\n", status_code=503)
    registry = CollectorRegistry()
    _add_prices(registry, row)
    _add_alerts(registry, alerts)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _add_alerts(registry: CollectorRegistry, standing: AlertStanding) -> None:
    """Of all workspaces together, since anybody may ask."""

    def gauge(name: str, meaning: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(f"livemeter_alerts_{name}", meaning, labels, registry=registry)

    problems = gauge(
        "problems", "Workspaces, rules and events that alerts cannot be evaluated for.", ("kind",)
    )
    for kind, count in standing.problems.items():
        problems.labels(kind.value.lower()).set(count)
    gauge("behind_events", "Events that the rules furthest behind have not seen yet.").set(
        standing.behind_events
    )
    gauge("behind_seconds", "How long ago the first of these was recorded.").set(
        standing.behind_seconds
    )
    deliveries = gauge("deliveries", "Messages that wait to be sent, or were given up.", ("state",))
    deliveries.labels("pending").set(standing.pending_deliveries)
    deliveries.labels("dead").set(standing.dead_deliveries)


def _add_prices(registry: CollectorRegistry, row: CatalogueRow) -> None:

    def gauge(name: str, meaning: str, value: float) -> None:
        Gauge(f"livemeter_prices_{name}", meaning, registry=registry).set(value)

    gauge("models", "Models in the catalogue of prices.", row.models)
    gauge("problem", "1 where the last look for newer prices failed.", row.problem is not None)
    gauge("held_back", "1 where newer prices wait to be accepted.", row.held_problem is not None)
    for name, moment in (
        ("updated", row.updated_at),
        ("checked", row.checked_at),
        ("succeeded", row.succeeded_at),
    ):
        meaning = f"When prices were last {name}, in seconds of Unix time; 0: never."
        gauge(f"{name}_timestamp_seconds", meaning, _seconds(moment))


def _seconds(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()
