"""Lists of prices that hold at a moment: the workspace's own, and the catalogue's beside them."""

from __future__ import annotations

import base64
import json
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zlib import crc32

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue_table import PRICES, read_catalogue_prices
from models.errors import BadInput
from models.override_table import OVERRIDES, read_overrides
from models.price import KeptPrice
from models.text import is_text


class PricePlace(NamedTuple):
    """A price's place in lists: by provider, model (or custom unit), id."""

    provider: str
    name: str
    id: str


@dataclass(frozen=True)
class PriceQuery:
    """Prices that hold at an aware moment, by provider and model; custom units come first.

    `providers` and `models` are alternatives in small letters; each of `words` must be found in
    the provider's and the model's name, or the custom unit's.
    """

    workspace_id: int
    at: datetime
    limit: int
    after: PricePlace | None = None
    providers: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    words: tuple[str, ...] = ()

    def page(self) -> Select[Any]:
        """Places, one more than the limit, to know whether there is a next page."""
        found = union_all(self._own(), self._public()).subquery()
        place = (found.c.provider, found.c.name, found.c.id)
        statement = select(*place)
        if self.after is not None:
            statement = statement.where(tuple_(*place) > tuple_(*self.after))
        return statement.order_by(*place).limit(self.limit + 1)

    def _own(self) -> Select[Any]:
        columns = OVERRIDES.c
        provider = func.coalesce(columns.provider, "")
        name = func.coalesce(columns.model, columns.unit)
        return select(
            # In the order of bytes: the same in every database, whatever its locale.
            provider.collate("C").label("provider"),
            name.collate("C").label("name"),
            columns.id.cast(Text).collate("C").label("id"),
        ).where(
            columns.workspace_id == self.workspace_id,
            _holds(OVERRIDES, self.at),
            *self._named(provider, func.coalesce(columns.model, ""), name),
        )

    def _public(self) -> Select[Any]:
        columns = PRICES.c
        return select(
            columns.provider.collate("C"), columns.model.collate("C"), columns.id.cast(Text)
        ).where(
            columns.listed,
            _holds(PRICES, self.at),
            ~exists().where(
                OVERRIDES.c.workspace_id == self.workspace_id,
                func.lower(OVERRIDES.c.provider) == func.lower(columns.provider),
                func.lower(OVERRIDES.c.model) == func.lower(columns.model),
                _holds(OVERRIDES, self.at),
            ),
            *self._named(columns.provider, columns.model, columns.model),
        )

    def _named(
        self, provider: ColumnElement[str], model: ColumnElement[str], name: ColumnElement[str]
    ) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.providers is not None:
            conditions.append(func.lower(provider).in_(self.providers))
        if self.models is not None:
            conditions.append(func.lower(model).in_(self.models))
        names = provider + literal(" ") + name
        return [*conditions, *(names.icontains(word, autoescape=True) for word in self.words)]


@dataclass(frozen=True)
class PricePage:
    """A page of a list of prices, each with its place."""

    workspace_id: int
    prices: list[tuple[PricePlace, KeptPrice]]
    has_next: bool
    has_previous: bool


async def read_price_page(session: AsyncSession, query: PriceQuery) -> PricePage:
    rows = (await session.execute(query.page())).all()
    places = [PricePlace(*row) for row in rows[: query.limit]]
    known = await read_prices(session, query.workspace_id, [place.id for place in places])
    prices = [(place, known[place.id]) for place in places]
    return PricePage(query.workspace_id, prices, len(rows) > query.limit, query.after is not None)


async def read_prices(
    session: AsyncSession, workspace_id: int, ids: list[str]
) -> dict[str, KeptPrice]:
    """Prices by id, the catalogue's and the workspace's own; what is not known is left out."""
    own = {kept.price.id: kept for kept in await read_overrides(session, workspace_id, ids)}
    others = [price_id for price_id in ids if price_id not in own]
    return own | (await read_catalogue_prices(session, others) if others else {})


def encode_price_cursor(workspace_id: int, place: PricePlace) -> str:
    """Write a place so that it is good in its workspace alone."""
    body = json.dumps([workspace_id, *place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(crc32(body).to_bytes(4) + body).decode().rstrip("=")


def decode_price_cursor(workspace_id: int, cursor: str) -> PricePlace:
    """Raises BadInput for what is no cursor of a price, or another workspace's."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw[:4] != crc32(raw[4:]).to_bytes(4):
            raise ValueError(cursor)
        owner, *names = json.loads(raw[4:])
        if len(names) != 3 or not all(isinstance(name, str) and is_text(name) for name in names):
            raise ValueError(cursor)
    except (ValueError, TypeError, RecursionError, Base64Error) as error:
        raise BadInput("This is not a cursor of a list of prices.", field="after") from error
    if owner != workspace_id:
        raise BadInput("This is not a cursor of this workspace.", field="after")
    return PricePlace(*names)


def _holds(table: FromClause, at: datetime) -> ColumnElement[bool]:
    columns = table.c
    return and_(
        or_(columns.effective_from.is_(None), columns.effective_from <= at),
        or_(columns.effective_to.is_(None), columns.effective_to > at),
    )
