"""The media type that a request wants, by its `Accept` header."""

from __future__ import annotations

import pytest

from web.accept import EVENT_STREAM, GRAPHQL_RESPONSE, HTML, JSON, Accept

OFFERED = [JSON, GRAPHQL_RESPONSE, EVENT_STREAM]


@pytest.mark.parametrize(
    ("header", "first"),
    [
        # The higher weight, wherever it stands.
        (f"{JSON};q=0.5, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{JSON};q=0.5, {EVENT_STREAM};q=0.51", EVENT_STREAM),
        (f"{JSON} ; Q=0.001 , {EVENT_STREAM};q=0.000", JSON),
        # Of equal weights the one that is named first.
        (f"{EVENT_STREAM}, {JSON}", EVENT_STREAM),
        (f"{GRAPHQL_RESPONSE};q=0.9, {JSON};q=0.9", GRAPHQL_RESPONSE),
        # Of one range the one that is offered first.
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", EVENT_STREAM),
        # The most precise range says the weight.
        (f"*/*, {JSON};q=0.1", GRAPHQL_RESPONSE),
        (f"application/*;q=0.1, {GRAPHQL_RESPONSE};q=0, */*;q=0.01", JSON),
        (f"{JSON};q=0, {GRAPHQL_RESPONSE};q=0, */*", EVENT_STREAM),
        # Types that are not offered do not matter, nor do parameters other than the weight.
        (f"application/graphql+json, multipart/mixed, {JSON}", JSON),
        (f"{EVENT_STREAM}; charset=utf-8; q=0.2, {JSON}; charset=utf-8; q=0.1", EVENT_STREAM),
        (f'multipart/mixed;boundary="a,b;q=0";subscriptionSpec=1.0,{JSON}', JSON),
        # Nothing is asked for.
        ("", JSON),
        (" , ,, ", JSON),
    ],
)
def test_of_what_is_offered_one_is_wanted_first(header: str, first: str) -> None:
    assert Accept(header).first(OFFERED) == first


@pytest.mark.parametrize(
    "header",
    ["text/html", "*/*;q=0", f"{JSON};q=0", "application/*;q=0, text/html", "text/event-streams"],
)
def test_nothing_may_fit(header: str) -> None:
    assert Accept(header).first(OFFERED) is None


@pytest.mark.parametrize(
    "unreadable",
    ["application", "/", "*/json", "a b/c", ";q=1", "text/", '"text/html"', "\x00", "é"],
)
def test_a_range_that_cannot_be_read_is_ignored(unreadable: str) -> None:
    assert Accept(unreadable).first(OFFERED) == JSON
    assert Accept(f"{unreadable}, {EVENT_STREAM}").first(OFFERED) == EVENT_STREAM


@pytest.mark.parametrize("weight", ["", "2", "-1", "0.0001", "nan", "inf", "high", "1.5", '"0"'])
def test_a_weight_that_cannot_be_read_is_1(weight: str) -> None:
    header = f"{JSON};q=0.999, {EVENT_STREAM};q={weight}"
    assert Accept(header).first(OFFERED) == EVENT_STREAM


def test_the_header_may_come_more_than_once() -> None:
    headers = [(b"accept", b"text/html;q=0.5"), (b"accept", EVENT_STREAM.encode())]
    assert Accept.of({"headers": headers}).first([HTML, EVENT_STREAM]) == EVENT_STREAM


@pytest.mark.parametrize("piece", ['"', '"a', '\\"', "a/b;", ",", ";q=", "*/*;q=1,"])
def test_a_long_header_is_read_too(piece: str) -> None:
    assert Accept(piece * 10_000).first(OFFERED) in (None, JSON)
