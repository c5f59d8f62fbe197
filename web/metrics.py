"""What a Prometheus may watch: numbers that are the same whichever process it asks."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models.catalogue_table import CatalogueRow
from models.errors import Unavailable
from resolvers.prices.price_list import catalogue_standing
from resolvers.services import Services


async def metrics(request: Request) -> Response:
    """The catalogue's standing; 503 while Postgres, which holds it, is away."""
    services: Services = request.app.state.services
    try:
        row = await catalogue_standing(services.database)
    except Unavailable as error:
        return PlainTextResponse(f"{error.message}\n", status_code=503)
    return Response(generate_latest(_registry(row)), media_type=CONTENT_TYPE_LATEST)


def _registry(row: CatalogueRow) -> CollectorRegistry:
    registry = CollectorRegistry()

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
    return registry


def _seconds(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()
