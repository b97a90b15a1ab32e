"""The configuration: the environment alone, and every mistake named at once."""

import base64
import json
import re
from pathlib import Path

import pytest

from bot.settings import ConfigurationError, Settings, load_database_url, load_settings
from storage.crypto import new_key

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLOTQUEST_KEYS": new_key()}
ACCOUNT = {"client_email": "a@b", "private_key": "k", "token_uri": "https://t"}
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in {**GOOD, **values}.items():
        monkeypatch.setenv(name, value)


def test_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    settings = load_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.google_calendar_url == "https://www.googleapis.com/calendar/v3/"
    assert settings.database_url.startswith("sqlite:///var/")
    assert not settings.socket_mode


def test_an_app_token_means_socket_mode_without_a_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_APP_TOKEN="xapp-1", SLACK_SIGNING_SECRET="")
    assert load_settings().socket_mode


def test_a_file_serves_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in GOOD.items()))
    assert load_settings().slack_bot_token == "xoxb-1"


def test_every_mistake_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "nonsense",
        "SLACK_APP_TOKEN": "xoxb-2",
        "SLACK_API_URL": "slack.com",
        "GOOGLE_CREDS_BASE64": "%%%",
        "DATABASE_URL": "mysql://x",
        "REDIS_URL": "http://x",
        "PORT": "many",
        "LOG_LEVEL": "LOUD",
        "SLOTQUEST_KEYS": "short",
        "PUBLIC_URL": "example.com",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    named = {problem.split(" ")[0] for problem in caught.value.problems}
    assert named == set(wrong)
    assert "nonsense" not in str(caught.value)


def test_missing_ones_say_what_they_are_and_how_to_get_them() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    words = str(caught.value)
    assert "SLACK_BOT_TOKEN is missing" in words
    assert "slotquest new-key" in words


def test_the_signing_secret_is_named_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    named = {problem.split(" ")[0] for problem in caught.value.problems}
    assert named == {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PORT", "SLOTQUEST_KEYS"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-…", "letters, digits and hyphens"),
        ("SLACK_APP_TOKEN", "xapp-…", "letters, digits and hyphens"),
        ("CENTRAL_CALENDAR_ID", "…@group.calendar.google.com", "looks like"),
        ("CENTRAL_CALENDAR_ID", "central", "looks like"),
        ("GOOGLE_CREDS_BASE64", '{"client_email": "a@b"}', "base64 -w0 key.json"),
        ("SLOTQUEST_KEYS", "…", "slotquest new-key"),
        ("SLOTQUEST_KEYS", "a", "slotquest new-key"),
        ("PORT", "99999", "a whole number from 0 to 65535"),
        ("DATABASE_URL", "sqlite://", "needs a file"),
        ("DATABASE_URL", "postgresql://host:port/name", "not a database URL"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    given(monkeypatch, **{name: value})
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name} is wrong: ")
    assert words in problem


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        load_settings()


def test_the_database_is_known_before_tokens_and_keys_are(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://somewhere/slotquest\n")
    assert load_database_url() == "postgresql://somewhere/slotquest"
    assert load_database_url(database_url="sqlite:///here.db") == "sqlite:///here.db"
    with pytest.raises(ConfigurationError, match="DATABASE_URL is wrong"):
        load_database_url(database_url="mysql://x")


@pytest.mark.parametrize("text", ["bm90IGpzb24=", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{}").decode()])
def test_a_service_account_that_is_none(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    given(monkeypatch, GOOGLE_CREDS_BASE64=text)
    with pytest.raises(ConfigurationError, match="GOOGLE_CREDS_BASE64"):
        load_settings()


def test_a_service_account(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, GOOGLE_CREDS_BASE64=base64.b64encode(json.dumps(ACCOUNT).encode()).decode())
    assert load_settings().service_account == ACCOUNT


def test_the_readme_lists_every_setting_and_no_other() -> None:
    table = README.read_text(encoding="utf-8").split("### Settings")[1].split("### ")[0]
    listed = {name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert listed == {name.upper() for name in Settings.model_fields}
