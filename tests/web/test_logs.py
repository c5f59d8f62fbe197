"""Logs that say what happened and keep secrets."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from web.logs import set_up_logs, without_secrets


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("key om_live_abc-DEF_123 was used", "key … was used"),
        ("token om_cust_abc-DEF_123 was used", "token … was used"),
        ("wrong\nDETAIL:  Failing row contains (1, $argon2id$).\nhere", "wrong\nDETAIL:  …\nhere"),
        ("postgresql://user:secret@host/db", "postgresql://…@host/db"),
        ("redis://:secret@host:6379", "redis://…@host:6379"),
        ("GET /link/abc_DEF", "GET /link/…"),
        ("https://example.com/a@b", "https://example.com/a@b"),
    ],
)
def test_secrets_are_taken_out(line: str, shown: str) -> None:
    assert without_secrets(None, "info", {"event": line}) == {"event": shown}


def test_a_line_is_json_where_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    structlog.get_logger("test").info("something", key="om_live_secret", number=1)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["key"], line["number"]) == ("something", "…", 1)


def test_what_libraries_log_is_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    logging.getLogger("some.library").warning("hello %s", "there")
    assert json.loads(capsys.readouterr().err)["event"] == "hello there"
