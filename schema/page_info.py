"""Where a page stands in its list."""

from __future__ import annotations

import strawberry

from schema.scalars import Cursor


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: Cursor | None
    end_cursor: Cursor | None
