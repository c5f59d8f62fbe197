"""Every setting is documented, and what is documented is a setting."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from resolvers.alerts.delivery_settings import DeliverySettings
from web.access import DEFAULTS as DEFAULT_ACCESS
from web.limits import DEFAULTS
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


def test_nothing_that_is_set_leaves_the_limits_as_they_are() -> None:
    assert Settings().limits == DEFAULTS


def test_nothing_that_is_set_leaves_access_as_it_is() -> None:
    assert Settings().access == DEFAULT_ACCESS


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "livemeter.example"},
        {"base_url": "https://livemeter.example/path"},
        {"cors_origins": "app.example"},
        {"session_hours": 0},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "livemeter"},
        {"oidc_issuer": "https://id.example", "base_url": "https://livemeter.example"},
        {
            "oidc_issuer": "http://id.example",
            "oidc_client_id": "livemeter",
            "base_url": "https://livemeter.example",
        },
        {"oidc_workspace": "default"},
        {"smtp_url": "smtp://mail.example"},
        {"smtp_url": "mail.example:25", "smtp_from": "alerts@example.com"},
        {"smtp_url": "http://mail.example", "smtp_from": "alerts@example.com"},
        {"smtp_url": "smtp://mail.example?tls=maybe", "smtp_from": "alerts@example.com"},
        {"smtp_url": "smtp://mail.example", "smtp_from": "nobody"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_every_setting_of_a_limit_has_its_effect() -> None:
    """Each is set to another value alone, and the limits are others then."""
    own = {"database_url", "redis_url", "data_dir", "host", "port", "workers", "prices_url"}
    own |= {"prices_refresh_seconds", "log_format", "log_level"}
    own |= {name for name in Settings.model_fields if name.startswith("oidc_")}
    own |= {"smtp_url", "smtp_from", "alert_private_targets"}
    own |= {"base_url", "session_idle_hours", "session_hours", "cors_origins"}
    values = {
        name: field.default * 2
        for name, field in Settings.model_fields.items()
        if name not in own and isinstance(field.default, int | float) and name != "introspection"
    }
    values |= {"introspection": False, "documents": "a.json", "trusted_proxies": "10.0.0.1"}
    values |= {"earliest_event": datetime(1969, 7, 20, tzinfo=UTC)}
    assert own | set(values) == set(Settings.model_fields)
    without_effect = [
        name for name, value in values.items() if Settings(**{name: value}).limits == DEFAULTS
    ]
    assert without_effect == []


def test_a_provider_that_is_logged_shows_no_secret() -> None:
    settings = Settings(
        oidc_issuer="https://id.example",
        oidc_client_id="livemeter",
        oidc_client_secret="the-clients-secret",
        base_url="https://livemeter.example",
    )
    assert "the-clients-secret" not in repr(settings) + repr(settings.access)


def test_what_is_wrong_is_told_without_the_secrets_beside_it() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(oidc_issuer="https://id.example", oidc_client_secret="the-clients-secret")
    assert "the-clients-secret" not in str(refused.value)


def test_a_mail_server_that_is_logged_shows_no_password() -> None:
    settings = Settings(
        smtp_url="smtp://alerts:the-mail-password@mail.example", smtp_from="alerts@example.com"
    )
    assert "the-mail-password" not in repr(settings) + repr(settings.delivery)


def test_a_wrong_mail_server_is_told_without_its_password() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(
            smtp_url="smtp://alerts:the-mail-password@mail.example:port", smtp_from="a@example.com"
        )
    assert "the-mail-password" not in str(refused.value)


def test_nothing_that_is_set_leaves_delivery_as_it_is() -> None:
    assert Settings().delivery == DeliverySettings()
