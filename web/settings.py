"""What can be set from outside: the environment is read here and nowhere else."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from resolvers.prices.refresh import DEFAULT_URL, HOUR_SECONDS

DEFAULT_DATA_DIR = Path(".livemeter")


class Settings(BaseSettings):
    """Each setting is described in docs/running.md; a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="LIVEMETER_", populate_by_name=True)

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    data_dir: Path = DEFAULT_DATA_DIR
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    prices_url: str = DEFAULT_URL
    prices_refresh_seconds: float = Field(default=HOUR_SECONDS, ge=1)
    log_format: str = Field(default="text", pattern="^(text|json)$")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
