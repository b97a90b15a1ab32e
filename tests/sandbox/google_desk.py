"""A running local Google with the real client library at it; what the Google tests share."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from sandbox.faults import BreakableConnections, Faults
from sandbox.google import api, control
from sandbox.google.state import Google

ROBOT = "bot@slotquest-sandbox.iam.gserviceaccount.com"
ALEX = "alex@rheinblick.example"
BERND = "bernd@rheinblick.example"
FULL_SCOPE = "https://www.googleapis.com/auth/calendar"


@cache
def key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def fresh_google() -> Google:
    google = Google()
    google.quota.per_minute = None
    google.add_account(ROBOT, key_pair()[1])
    google.add_calendar(ALEX, "Alex")
    google.add_calendar(BERND, "Bernd")
    google.share(ALEX, ROBOT)
    google.share(BERND, ROBOT)
    return google


@dataclass
class Desk:
    google: Google
    faults: Faults
    url: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, verify=False))
    clients: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def credentials(self, scopes: tuple[str, ...] = (FULL_SCOPE,), **changed: Any) -> Any:
        info = {
            "type": "service_account",
            "client_email": ROBOT,
            "private_key": key_pair()[0],
            "private_key_id": "one",
            "token_uri": f"{self.url}/google/token",
            **changed,
        }
        return service_account.Credentials.from_service_account_info(info, scopes=list(scopes))

    def client(self, scopes: tuple[str, ...] = (FULL_SCOPE,)) -> Any:
        """One client for each set of scopes: it keeps its token and its connection."""
        if scopes not in self.clients:
            self.clients[scopes] = self.new_client(scopes)
        return self.clients[scopes]

    def new_client(self, scopes: tuple[str, ...] = (FULL_SCOPE,)) -> Any:
        return build(
            "calendar",
            "v3",
            credentials=self.credentials(scopes),
            client_options={"api_endpoint": f"{self.url}/google/calendar/v3/"},
            cache_discovery=False,
        )


@contextmanager
def running(google: Google | None = None) -> Iterator[Desk]:
    world = SimpleNamespace(google=google or fresh_google(), faults=Faults())
    app = FastAPI()
    app.include_router(api.router(world))
    app.include_router(control.router(world))
    # Named TCP so that asyncio turns Nagle off: without it each reply on a kept connection waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(BreakableConnections(app), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield Desk(world.google, world.faults, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(5)


def timed(day: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    """An event body on a day between two local times, in Berlin."""
    return {
        "summary": "Termin",
        "start": {"dateTime": f"{day}T{start}:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": f"{day}T{end}:00", "timeZone": "Europe/Berlin"},
        **more,
    }


def refused(request: Any) -> tuple[int, str]:
    """Status and reason of the refusal that a request meets."""
    try:
        request.execute()
    except HttpError as error:
        return error.status_code, json.loads(error.content)["error"]["errors"][0]["reason"]
    raise AssertionError("the request was not refused")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
