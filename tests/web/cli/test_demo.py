"""`livemeter demo`: everything at once, and nothing left behind."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.livemeter_server import ServerProcess
from tests.quick_folder import quick_folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder / "data"


def _demo(data_dir: Path) -> ServerProcess:
    return ServerProcess("--port", "0", "--data-dir", str(data_dir), command="demo")


def _key(demo: ServerProcess, data_dir: Path) -> str:
    return (data_dir / "demo-key").read_text().strip()


def _count(demo: ServerProcess, key: str) -> int:
    query = "{ events(first: 1000) { nodes { id } } }"
    answer = httpx2.post(
        f"{demo.url}/graphql",
        json={"query": query},
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
        timeout=30,
    )
    return len(answer.json()["data"]["events"]["nodes"])


def _until(condition: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    assert callable(condition)
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def _descendants(demo: ServerProcess) -> list[psutil.Process]:
    assert demo.process is not None
    return psutil.Process(demo.process.pid).children(recursive=True)


def test_traffic_comes_in_and_the_link_signs_a_browser_in_once(data_dir: Path) -> None:
    with _demo(data_dir) as demo:
        key = _key(demo, data_dir)
        _until(lambda: _count(demo, key) > 100)
        _until(lambda: "/link/" in demo.greeting)
        token = re.search(r"/link/(\S+)", demo.greeting)
        assert token is not None
        own_page = {"X-Livemeter-Page": "1"}
        with httpx2.Client(base_url=demo.url, headers=own_page, trust_env=False) as browser:
            assert browser.get(f"/link/{token[1]}").status_code == 303
            signed_in = browser.post("/graphql", json={"query": "{ viewer { scopes } }"})
            assert signed_in.json()["data"]["viewer"]["scopes"]
        with httpx2.Client(base_url=demo.url, trust_env=False) as another:
            another.get(f"/link/{token[1]}")
            refused = another.post("/graphql", json={"query": "{ viewer { scopes } }"})
            assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_second_start_goes_on_with_the_data_and_the_key(data_dir: Path) -> None:
    with _demo(data_dir) as demo:
        key = _key(demo, data_dir)
        _until(lambda: _count(demo, key) > 100)
        assert demo.stop() == 0
    with _demo(data_dir) as demo:
        assert _key(demo, data_dir) == key
        assert _count(demo, key) > 100


def test_ctrl_c_leaves_nothing_running(data_dir: Path) -> None:
    with _demo(data_dir) as demo:
        started = _descendants(demo)
        assert started
        assert demo.interrupt() == 0
        _until(lambda: not any(process.is_running() for process in started))


def test_kill_9_leaves_nothing_running(data_dir: Path) -> None:
    with _demo(data_dir) as demo:
        started = _descendants(demo)
        assert started
        demo.kill()
        _until(lambda: not any(_lives(process) for process in started))


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_taken_port_is_said_before_anything_is_started(data_dir: Path) -> None:
    with _demo(data_dir) as demo:
        port = demo.url.rpartition(":")[2]
        other = ServerProcess("--port", port, "--data-dir", str(data_dir / "x"), command="serve")
        with pytest.raises(AssertionError):
            other.start()
        other.__exit__()
