"""The configuration: the environment and `.env`, read once at the start; everything that is wrong is named at once."""

import base64
import binascii
import json
import re
from typing import Any, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from storage.crypto import parse_keys

KEY_COMMAND = "slotquest new-key"
Kind = TypeVar("Kind", bound="DatabaseSettings")


class ConfigurationError(Exception):
    """The configuration is wrong; `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DatabaseSettings(BaseSettings):
    """What `slotquest migrate` needs: it runs before there are tokens and keys."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", case_sensitive=False)

    database_url: str = Field(default="sqlite:///var/slotquest.db", description="SQLAlchemy URL")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError) as error:  # the latter: a port that is no number
            raise ValueError("not a database URL, such as sqlite:///var/slotquest.db") from error
        backend = url.get_backend_name()
        if backend not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("SQLite and PostgreSQL are supported")
        if backend == "sqlite" and url.database in (None, "", ":memory:"):
            raise ValueError("it needs a file, such as sqlite:///var/slotquest.db")
        return value


class Settings(DatabaseSettings):
    """Every setting is one field; its environment variable is its name in capitals."""

    slack_bot_token: str = Field(description="Bot token of the Slack app, xoxb-…")
    slack_app_token: str | None = Field(default=None, description="App token, xapp-…; when set, Socket Mode is used")
    slack_signing_secret: str = Field(
        default="",
        validate_default=True,
        description="Signing secret of the Slack app; needed for HTTP (or set SLACK_APP_TOKEN for Socket Mode)",
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API")
    google_creds_base64: str | None = Field(default=None, description="Service account JSON in base64")
    central_calendar_id: str | None = Field(default=None, description="Calendar for consultants without their own")
    google_calendar_url: str = Field(
        default="https://www.googleapis.com/calendar/v3/", description="Google's Calendar API"
    )
    public_url: str | None = Field(default=None, description="Our own public https address; turns on calendar push")
    port: int = Field(default=3000, description="Port of the HTTP server")
    host: str = Field(default="0.0.0.0", description="Address that the HTTP server listens on")
    redis_url: str | None = Field(default=None, description="Redis, shared by several processes")
    slotquest_keys: str = Field(description="Encryption keys, newest first, separated by commas")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: str) -> str:
        if not re.fullmatch(r"xoxb-[A-Za-z0-9-]+", value):
            raise ValueError("a bot token is xoxb- and then letters, digits and hyphens")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"xapp-[A-Za-z0-9-]+", value):
            raise ValueError("an app token is xapp- and then letters, digits and hyphens")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("slack_app_token", "wrong") is None:
            raise PydanticCustomError("missing", "is needed for HTTP")
        return value

    @field_validator("slack_api_url", "google_calendar_url", "public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("an address begins with https:// (or http://)")
        return value.rstrip("/") + "/" if value else value

    @field_validator("central_calendar_id")
    @classmethod
    def _calendar(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"[!-~]+@[!-~]+", value):
            raise ValueError("a calendar's id looks like alex@example.com or c_12ab@group.calendar.google.com")
        return value

    @field_validator("port", mode="before")
    @classmethod
    def _port(cls, value: Any) -> int:
        text = str(value)
        if not text.isdecimal() or len(text) > 5 or int(text) > 65535:
            raise ValueError("a whole number from 0 to 65535")
        return int(text)

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
        except ValueError as error:
            raise ValueError(f"each key is 32 bytes in URL-safe base64; `{KEY_COMMAND}` makes one") from error
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
    return _load(Settings, overrides)


def load_database_url(**overrides: Any) -> str:
    """The database's address alone, whatever else is missing. Raises ConfigurationError."""
    return _load(DatabaseSettings, overrides).database_url


def _load(kind: type[Kind], overrides: dict[str, Any]) -> Kind:
    try:
        return kind(**overrides)
    except ValidationError as error:
        raise ConfigurationError([_problem(dict(e)) for e in error.errors()]) from None
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigurationError([f"The file .env cannot be read: {error}"]) from None


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
        raise ValueError("not a JSON file in base64 and in one line; `base64 -w0 key.json` makes it") from error
    if not isinstance(found, dict):
        raise ValueError("not a service account's JSON")
    return found
