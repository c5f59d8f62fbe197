"""What can be set from outside: the environment is read here and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.page_session import SessionSpan
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.mail_server import read_mail_server
from resolvers.prices.refresh import DEFAULT_URL, HOUR_SECONDS
from schema.query_limits import QueryLimits
from web.access import Access
from web.client_address import TrustedProxies
from web.limits import DEFAULTS, ConnectionLimits, Limits, RateLimits, StreamLimits
from web.oidc.provider import ProviderSettings, is_safe_url
from web.oidc.sign_in import CALLBACK_PATH
from web.origin import read_origins

DEFAULT_DATA_DIR = Path(".livemeter")


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


class Settings(BaseSettings):
    """Each setting is described in docs/running.md; a test holds the two together."""

    # What is wrong is told without what was set: passwords and secrets are among it.
    model_config = SettingsConfigDict(
        env_prefix="LIVEMETER_", populate_by_name=True, hide_input_in_errors=True
    )

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL", repr=False)
    data_dir: Path = DEFAULT_DATA_DIR
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    prices_url: str = DEFAULT_URL
    prices_refresh_seconds: float = Field(default=HOUR_SECONDS, ge=1)
    log_format: str = Field(default="text", pattern="^(text|json)$")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    max_query_depth: int = Field(default=QueryLimits.depth, ge=1)
    max_query_aliases: int = Field(default=QueryLimits.aliases, ge=0)
    max_query_fields: int = Field(default=QueryLimits.fields, ge=1)
    max_query_fragments: int = Field(default=QueryLimits.fragments, ge=0)
    max_query_directives: int = Field(default=QueryLimits.directives, ge=0)
    max_query_tokens: int = Field(default=QueryLimits.tokens, ge=1)
    max_query_characters: int = Field(default=QueryLimits.characters, ge=1)
    max_query_list_items: int = Field(default=QueryLimits.list_items, ge=1)
    max_query_cost: int = Field(default=QueryLimits.cost, ge=1)
    max_query_errors: int = Field(default=QueryLimits.errors, ge=1)
    query_seconds: float = Field(default=QueryLimits.seconds, gt=0)
    earliest_event: AwareDatetime = DEFAULTS.earliest_event
    introspection: bool = DEFAULTS.introspection
    documents: Path | None = DEFAULTS.documents

    requests_per_minute: int = Field(default=RateLimits.per_key, ge=1)
    requests_per_minute_of_customer: int = Field(default=RateLimits.per_customer, ge=1)
    requests_per_minute_without_key: int = Field(default=RateLimits.per_address, ge=1)

    max_connections: int = Field(default=ConnectionLimits.connections, ge=1)
    max_connections_per_address: int = Field(default=ConnectionLimits.connections_per_address, ge=1)
    header_seconds: float = Field(default=ConnectionLimits.header_seconds, gt=0)
    body_seconds: float = Field(default=ConnectionLimits.body_seconds, gt=0)
    stall_seconds: float = Field(default=ConnectionLimits.stall_seconds, gt=0)
    keep_alive_seconds: float = Field(default=ConnectionLimits.keep_alive_seconds, gt=0)
    max_body_bytes: int = Field(default=ConnectionLimits.body_bytes, ge=1024)
    max_message_bytes: int = Field(default=ConnectionLimits.message_bytes, ge=1024)

    max_streams: int = Field(default=StreamLimits.streams, ge=1)
    max_streams_per_key: int = Field(default=StreamLimits.streams_per_key, ge=1)
    max_operations_per_connection: int = Field(default=StreamLimits.operations_per_connection, ge=1)
    websocket_init_seconds: float = Field(default=StreamLimits.init_seconds, gt=0)
    websocket_idle_seconds: float = Field(default=StreamLimits.idle_seconds, gt=0)

    trusted_proxies: str = ",".join(DEFAULTS.trusted_proxies)

    base_url: str | None = None
    session_idle_hours: float = Field(default=_hours(SessionSpan().idle), gt=0)
    session_hours: float = Field(default=_hours(SessionSpan().whole), gt=0)
    cors_origins: str = ""
    oidc_issuer: str | None = None
    oidc_client_id: str = ""
    oidc_client_secret: str | None = Field(default=None, repr=False)
    oidc_domains: str = ""
    oidc_workspace: str | None = None

    smtp_url: str | None = Field(default=None, repr=False)
    smtp_from: str | None = None
    alert_private_targets: bool = False

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a setting."""
        field = cls.model_fields.get(name)
        return name if field is None else str(field.validation_alias or f"LIVEMETER_{name.upper()}")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str) -> str:
        TrustedProxies(_listed(proxies))
        return proxies

    @property
    def limits(self) -> Limits:
        return Limits(
            QueryLimits(
                depth=self.max_query_depth,
                aliases=self.max_query_aliases,
                fields=self.max_query_fields,
                fragments=self.max_query_fragments,
                directives=self.max_query_directives,
                tokens=self.max_query_tokens,
                characters=self.max_query_characters,
                list_items=self.max_query_list_items,
                cost=self.max_query_cost,
                errors=self.max_query_errors,
                seconds=self.query_seconds,
            ),
            ConnectionLimits(
                connections=self.max_connections,
                connections_per_address=self.max_connections_per_address,
                header_seconds=self.header_seconds,
                body_seconds=self.body_seconds,
                stall_seconds=self.stall_seconds,
                keep_alive_seconds=self.keep_alive_seconds,
                body_bytes=self.max_body_bytes,
                message_bytes=self.max_message_bytes,
            ),
            StreamLimits(
                streams=self.max_streams,
                streams_per_key=self.max_streams_per_key,
                operations_per_connection=self.max_operations_per_connection,
                init_seconds=self.websocket_init_seconds,
                idle_seconds=self.websocket_idle_seconds,
            ),
            RateLimits(
                per_key=self.requests_per_minute,
                per_customer=self.requests_per_minute_of_customer,
                per_address=self.requests_per_minute_without_key,
            ),
            introspection=self.introspection,
            documents=self.documents,
            trusted_proxies=tuple(_listed(self.trusted_proxies)),
            earliest_event=self.earliest_event,
        )

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: str) -> str:
        read_origins(origins)
        return origins

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
            raise ValueError("write it like https://livemeter.example.com, without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def access(self) -> Access:
        return Access(
            SessionSpan(
                timedelta(hours=self.session_idle_hours), timedelta(hours=self.session_hours)
            ),
            read_origins(self.cors_origins),
            self.base_url,
            self._provider,
        )

    @model_validator(mode="after")
    def _is_mail_server(self) -> Self:
        if self.smtp_url:
            read_mail_server(self.smtp_url, self.smtp_from)
        return self

    @property
    def delivery(self) -> DeliverySettings:
        return DeliverySettings(
            self.alert_private_targets,
            read_mail_server(self.smtp_url, self.smtp_from) if self.smtp_url else None,
            self.base_url,
        )

    @model_validator(mode="after")
    def _is_whole_provider(self) -> Self:
        if self.oidc_issuer and not is_safe_url(self.oidc_issuer):
            raise ValueError("LIVEMETER_OIDC_ISSUER must be an https:// address.")
        if self.oidc_issuer and not (self.oidc_client_id and self.base_url):
            raise ValueError(
                "LIVEMETER_OIDC_ISSUER wants LIVEMETER_OIDC_CLIENT_ID and LIVEMETER_BASE_URL too."
            )
        if self.oidc_workspace and not _listed(self.oidc_domains):
            raise ValueError(
                "LIVEMETER_OIDC_WORKSPACE lets in whom nobody has invited: say of which e-mail "
                "domains in LIVEMETER_OIDC_DOMAINS, or * for all."
            )
        return self

    @property
    def _provider(self) -> ProviderSettings | None:
        if not self.oidc_issuer:
            return None
        return ProviderSettings(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret or None,
            redirect_uri=f"{self.base_url}{CALLBACK_PATH}",
            domains=tuple(_listed(self.oidc_domains.lower())) or ("*",),
            workspace=self.oidc_workspace or None,
        )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
