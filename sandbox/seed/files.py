"""What the bot is started with: the team, the history, the service account and the environment."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.seed.appointments import Appointment
from sandbox.seed.team import (
    ACHIEVEMENTS,
    ADMIN,
    ADMINS,
    BOOKINGS,
    CENTRAL,
    CONSULTANTS,
    DAYS,
    LEADS,
    ROBOT,
    TEAM_ID,
    ZONE,
)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def team_toml() -> str:
    """The file that sets up the workspace in one go."""
    lines = [
        "[workspace]",
        f"team_id = {_text(TEAM_ID)}",
        f"timezone = {_text(ZONE)}",
        'locale = "de"',
        'holidays = "DE-NW"',
        f"admins = {_list(ADMINS)}",
        f"leads = {_list(LEADS)}",
        "",
        "[channels]",
        f"bookings = {_text(BOOKINGS)}",
        f"achievements = {_text(ACHIEVEMENTS)}",
        f"admin = {_text(ADMIN)}",
        "",
        "[rules]",
        "min_notice_minutes = 60",
        "horizon_days = 28",
    ]
    for one in CONSULTANTS:
        days = ", ".join(f"{DAYS[day]} = {_list(starts)}" for day, starts in sorted(one.schedule.items()))
        lines += ["", "[[consultants]]", f"name = {_text(one.name)}", f"slack = {_text(one.slack)}"]
        lines += [f"calendar = {_text(one.calendar)}"] if one.own_calendar else []
        lines += [f"capacity = {one.capacity}", f"minutes = {one.minutes}", f"schedule = {{ {days} }}"]
    return "\n".join(lines) + "\n"


def history_jsonl(appointments: list[Appointment]) -> str:
    ordered = sorted(appointments, key=lambda one: (one.created_at, one.id))
    return "".join(json.dumps(one.line(), ensure_ascii=False) + "\n" for one in ordered)


def service_account(url: str) -> tuple[str, str]:
    """The key file as Google hands it out, and the public key (PEM) that belongs to it. A new key each time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    info = {
        "type": "service_account",
        "project_id": "rheinblick-sandbox",
        "private_key_id": "sandbox",
        "private_key": private,
        "client_email": ROBOT,
        "client_id": "100000000000000000001",
        "auth_uri": f"{url}/google/auth",
        "token_uri": f"{url}/google/token",
        "universe_domain": "googleapis.com",
    }
    return json.dumps(info, indent=2) + "\n", public


def environment(url: str, account: str, bot_token: str, app_token: str, signing_secret: str) -> str:
    return "\n".join(
        [
            f"SLACK_BOT_TOKEN={bot_token}",
            f"SLACK_SIGNING_SECRET={signing_secret}",
            f"SLACK_APP_TOKEN={app_token}",
            f"SLACK_API_URL={url}/api/",
            f"GOOGLE_CREDS_BASE64={base64.b64encode(account.encode()).decode()}",
            f"GOOGLE_CALENDAR_URL={url}/google/calendar/v3/",
            f"CENTRAL_CALENDAR_ID={CENTRAL}",
            "",
        ]
    )


def write(directory: Path, name: str, text: str, *, secret: bool = False) -> None:
    """In one atomic rename; secrets are readable by their owner only."""
    directory.mkdir(parents=True, exist_ok=True)
    fresh = directory / f"{name}.new"
    fresh.write_text(text, "utf-8")
    if secret:
        fresh.chmod(0o600)
    fresh.replace(directory / name)
