"""The configuration: the environment and `.env`, read once at the start; everything that is wrong is named at once."""

import base64
import binascii
import json
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from storage.crypto import parse_keys

KEY_COMMAND = "slotquest new-key"


class ConfigurationError(Exception):
    """The configuration is wrong; `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Every setting is one field; its environment variable is its name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", case_sensitive=False)

    slack_bot_token: str = Field(description="Bot token of the Slack app, xoxb-…")
    slack_signing_secret: str = Field(default="", description="Signing secret of the Slack app; needed for HTTP")
    slack_app_token: str | None = Field(default=None, description="App token, xapp-…; when set, Socket Mode is used")
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API")
    google_creds_base64: str | None = Field(default=None, description="Service account JSON in base64")
    central_calendar_id: str | None = Field(default=None, description="Calendar for consultants without their own")
    google_calendar_url: str = Field(
        default="https://www.googleapis.com/calendar/v3/", description="Google's Calendar API"
    )
    public_url: str | None = Field(default=None, description="Our own public https address; turns on calendar push")
    port: int = Field(default=3000, ge=0, le=65535, description="Port of the HTTP server")
    host: str = Field(default="0.0.0.0", description="Address that the HTTP server listens on")
    database_url: str = Field(default="sqlite:///var/slotquest.db", description="SQLAlchemy URL")
    redis_url: str | None = Field(default=None, description="Redis, shared by several processes")
    slotquest_keys: str = Field(description="Encryption keys, newest first, separated by commas")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: str) -> str:
        if not value.startswith("xoxb-"):
            raise ValueError("a bot token begins with xoxb-")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: str | None) -> str | None:
        if value and not value.startswith("xapp-"):
            raise ValueError("an app token begins with xapp-")
        return value

    @field_validator("slack_api_url", "google_calendar_url", "public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("an address begins with https:// (or http://)")
        return value.rstrip("/") + "/" if value else value

    @field_validator("google_creds_base64")
    @classmethod
    def _service_account(cls, value: str | None) -> str | None:
        if value:
            missing = {"client_email", "private_key", "token_uri"} - set(_decode(value))
            if missing:
                raise ValueError(f"the service account JSON lacks {', '.join(sorted(missing))}")
        return value

    @field_validator("slotquest_keys")
    @classmethod
    def _keys(cls, value: str) -> str:
        try:
            parse_keys(value)
        except (ValueError, binascii.Error) as error:
            raise ValueError(f"{error}; `{KEY_COMMAND}` makes one") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError as error:
            raise ValueError("not a database URL, such as sqlite:///var/slotquest.db") from error
        if backend not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("SQLite and PostgreSQL are supported")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("a Redis address begins with redis://")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def service_account(self) -> dict[str, Any] | None:
        """The service account's JSON, None without one."""
        return _decode(self.google_creds_base64) if self.google_creds_base64 else None

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by WebSocket; else it calls us by HTTP."""
        return self.slack_app_token is not None


def load_settings(**overrides: Any) -> Settings:
    """The settings. Raises ConfigurationError that names every mistake."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError([_problem(dict(e)) for e in error.errors()]) from None
    if not settings.socket_mode and not settings.slack_signing_secret:
        raise ConfigurationError(
            ["SLACK_SIGNING_SECRET is missing: it is needed for HTTP (or set SLACK_APP_TOKEN for Socket Mode)"]
        )
    return settings


def _problem(error: dict[str, Any]) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "configuration"
    if error["type"] == "missing":
        hint = f"; `{KEY_COMMAND}` makes one" if name == "SLOTQUEST_KEYS" else ""
        return f"{name} is missing: {Settings.model_fields[name.lower()].description}{hint}"
    return f"{name} is wrong: {str(error['msg']).removeprefix('Value error, ')}"


def _decode(value: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.b64decode(value, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ValueError("not a base64-encoded JSON file") from error
    if not isinstance(found, dict):
        raise ValueError("not a service account's JSON")
    return found
