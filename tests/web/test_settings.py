"""Every setting is documented, and what is documented is a setting."""

from __future__ import annotations

import re
from pathlib import Path

from web.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "running.md"


def _variables() -> set[str]:
    return {
        str(field.validation_alias or f"LIVEMETER_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }


def test_the_guide_lists_exactly_the_settings_there_are() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE.read_text(), re.MULTILINE))
    assert documented == _variables()
