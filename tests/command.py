"""`livemeter` as a command of its own, on a test's database."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    status: int
    output: str
    errors: str


async def livemeter(
    *arguments: str | Path,
    database_url: str | None = None,
    prices_url: str = "",
    given: bytes = b"",
    folder: Path = ROOT,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Run it to its end, in `folder` and with more variables in its environment."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # Tests ask no other host.
    environment["LIVEMETER_PRICES_URL"] = prices_url
    if database_url is not None:
        environment["DATABASE_URL"] = database_url
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web",
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), **variables},
    )
    output, errors = await asyncio.wait_for(process.communicate(given), 120)
    assert process.returncode is not None
    return Outcome(process.returncode, output.decode(), errors.decode())
