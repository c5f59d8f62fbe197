"""Somebody who tries what a page shows, in the page's order, on a server of their own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from graphql import OperationDefinitionNode, OperationType, parse

from tests.clients.node import CLIENTS, NODE, install_packages
from tests.docs.page import ROOT, Block, commands
from tests.graphql_client import GraphQLClient
from web.cli import app
from web.settings import Settings

# As the pages write it.
HOST = "http://127.0.0.1:8000"
SECONDS = 60
_RECORD = """mutation($events: [UsageEventInput!]!) {
    recordEvents(events: $events) { results { status problem { message } } } }"""
# What is read by people, or tried by tests of its own.
_NOT_RUN = ("", "nginx", "ts")


@dataclass
class Reader:
    """`answer` is what the last block that was run said, as JSON."""

    client: GraphQLClient
    url: str
    key: str
    database_url: str
    folder: Path
    answer: Any = None
    ran: list[str] = field(default_factory=list)

    async def follow(self, block: Block) -> None:
        match block.language:
            case "graphql":
                await self._ask(block.code)
            case "json":
                await self._read_json(json.loads(block.code))
            case "sh":
                for command in commands(block.code):
                    await self._run(command)
            case "python":
                await self._finished(sys.executable, "-c", self._here(block.code))
            case "js":
                await self._run_module(self._here(block.code))
            case other:
                assert other in _NOT_RUN, f"nobody knows how to run {other!r}"
        self.ran.append(block.place)

    async def _ask(self, document: str) -> None:
        kinds = {
            definition.operation
            for definition in parse(document).definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        if kinds == {OperationType.SUBSCRIPTION}:
            await self._watch(document)
        else:
            self.answer = {"data": await self.client.data(document)}

    async def _watch(self, document: str) -> None:
        """Until the first update, which comes at once."""
        stream = self.client.http.stream(
            "POST",
            "/graphql",
            json={"query": document},
            headers={"Accept": "text/event-stream"},
        )
        async with stream as response:
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    assert "errors" not in json.loads(line.removeprefix("data:"))
                    return
        raise AssertionError("no update came")

    async def _read_json(self, content: Any) -> None:
        """An answer that is shown is the one that came; all else is events, to be recorded."""
        if isinstance(content, dict) and content.keys() & {"data", "error"}:
            assert self.answer == content
            return
        events = content if isinstance(content, list) else [content]
        results = (await self.client.data(_RECORD, events=events))["recordEvents"]["results"]
        assert {result["status"] for result in results} == {"RECORDED"}, results

    async def _run(self, command: str) -> None:
        words = shlex.split(command, comments=True)
        match words:
            case ["curl", *_]:
                await self._curl(command, is_stream="-N" in words)
            case ["livemeter", "serve" | "demo" as name, *arguments]:
                _check_arguments(name, arguments)
            case ["livemeter", *arguments]:
                await self._finished(sys.executable, "-m", "web", *arguments)
            case ["make", target]:
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
            case ["export", setting]:
                assert setting.partition("=")[0] in _settings()
            case _:
                raise AssertionError(f"nobody knows how to run {command!r}")

    async def _curl(self, command: str, *, is_stream: bool) -> None:
        assert HOST in command
        process = await self._start("bash", "-c", self._here(command))
        if is_stream:
            await _first_update(process)
            return
        output = await _end(process)
        self.answer = json.loads(output) if output.startswith("{") else None
        assert self.answer is None or "errors" not in self.answer, output

    async def _run_module(self, code: str) -> None:
        """By Node, where the packages are that the page says to install."""
        await asyncio.to_thread(install_packages)
        module = [NODE, "--input-type=module", "--eval", code]
        await _end(await self._start(*map(str, module), folder=CLIENTS))

    async def _finished(self, *command: str) -> None:
        await _end(await self._start(*command))

    async def _start(self, *command: str, folder: Path | None = None) -> Process:
        environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "LIVEMETER_KEY": self.key,
            "LIVEMETER_PRICES_URL": "",  # Tests ask no other host.
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "*",
        }
        return await asyncio.create_subprocess_exec(
            *command, stdout=PIPE, stderr=PIPE, cwd=folder or self.folder, env=environment
        )

    def _here(self, code: str) -> str:
        """With the test's server in place of the one that the page names, by HTTP or WebSocket."""
        return code.replace(HOST.removeprefix("http:"), self.url.removeprefix("http:"))


async def _end(process: Process) -> str:
    output, errors = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0, (output + errors).decode()
    return output.decode()


async def _first_update(process: Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        async for line in process.stdout:
            if line.startswith(b"data:"):
                assert "errors" not in json.loads(line.removeprefix(b"data:"))
                break
        else:
            raise AssertionError("no update came")
    process.terminate()
    await process.communicate()


def _check_arguments(name: str, arguments: list[str]) -> None:
    """Of what would serve until it is stopped; other tests start it."""
    command: Any = typer.main.get_command(app)
    try:
        command.commands[name].make_context(name, list(arguments))
    except Exception as error:
        raise AssertionError(f"livemeter {name} does not take {arguments}") from error


def _settings() -> set[str]:
    fields: Mapping[str, Any] = Settings.model_fields
    names = {str(one.validation_alias or f"LIVEMETER_{name}") for name, one in fields.items()}
    return {name.upper() for name in names} | {"LIVEMETER_KEY"}
