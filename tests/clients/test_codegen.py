"""Types by graphql-codegen, configured as docs/clients.md says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.node import CLIENTS, NODE, set_up

pytestmark = pytest.mark.node

SECTION = "Types: graphql-codegen"
_TSC = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--target", "es2022"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the page's files, and the types that were generated for them."""
    project = tmp_path_factory.mktemp("project")
    (project / "src").mkdir()
    (project / "package.json").write_text('{"type": "module"}')
    (project / "codegen.ts").write_text(set_up(SECTION, 0, "ts"))
    (project / "src" / "costs.ts").write_text(set_up(SECTION, 1, "ts"))
    shutil.copy(CLIENTS.parents[1] / "schema" / "schema.graphql", project)
    (project / "node_modules").symlink_to(CLIENTS / "node_modules")
    generated = _run(project, "@graphql-codegen/cli/esm/bin.js", "--config", "codegen.ts")
    assert generated.returncode == 0, generated.stdout + generated.stderr
    return project


def _run(project: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of a package, in the project."""
    command = [NODE, f"node_modules/{program}", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)


def _complaints(project: Path, *files: str) -> str:
    """What the TypeScript compiler says of the files."""
    checked = _run(project, "typescript/bin/tsc", *_TSC, "--moduleResolution", "bundler", *files)
    return checked.stdout + checked.stderr


def test_the_use_that_is_shown_has_the_right_types(project: Path) -> None:
    assert _complaints(project, "src/costs.ts") == ""


@pytest.mark.parametrize(
    ("output", "type"),
    [
        ("cost.amount", "string | null | undefined"),
        ("usage.totalTokens", "string"),
        ("occurredAt", "string"),
    ],
)
def test_a_scalar_is_what_it_is_in_json(project: Path, output: str, type: str) -> None:
    node = "NonNullable<CostsQuery['events']>['nodes'][number]"
    for wanted, is_right in ((type, True), ("number", False)):
        (project / "src" / "scalar.ts").write_text(
            "import type { CostsQuery } from './gql/graphql'\n"
            f"export const of = (node: {node}): {wanted} => node.{output}\n"
        )
        assert (_complaints(project, "src/scalar.ts") == "") is is_right


def test_no_scalar_is_any(project: Path) -> None:
    assert "any" not in (project / "src" / "gql" / "graphql.ts").read_text().split()
