"""Access tokens for service accounts: a signed assertion in, a short-lived token out; and which token may do what."""

import base64
import binascii
import json
import time
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.responses import JSONResponse, Response

from sandbox.google.errors import GoogleError
from sandbox.google.state import Google, Token

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""What Google's libraries sign for, wherever the token is fetched."""
SKEW = 300
"""Seconds by which the signer's clock may differ."""
LONGEST_ASSERTION = 3600
SCOPE_ROOT = "https://www.googleapis.com/auth/"

READ_EVENTS = frozenset({
    "calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly", "calendar.events.owned",
    "calendar.events.owned.readonly", "calendar.events.freebusy", "calendar.events.public.readonly",
    "calendar.app.created",
})  # fmt: skip
WRITE_EVENTS = frozenset({"calendar", "calendar.events", "calendar.events.owned", "calendar.app.created"})
READ_LIST = frozenset({"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"})
WRITE_LIST = frozenset({"calendar", "calendar.calendarlist"})
READ_CALENDAR = frozenset({
    "calendar", "calendar.readonly", "calendar.calendars", "calendar.calendars.readonly", "calendar.app.created",
})  # fmt: skip
READ_BUSY = frozenset({"calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"})


class GrantRefused(Exception):
    """The token endpoint's refusal, in OAuth's own shape."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def _part(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _claims(google: Google, assertion: str) -> dict[str, Any]:
    """The verified claims of a JWT (RS256 only)."""
    try:
        head, payload, signature = assertion.split(".")
        header, claims = _part(head), _part(payload)
        signed = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except (ValueError, binascii.Error) as problem:
        raise GrantRefused("invalid_grant", "Invalid JWT: malformed assertion.") from problem
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "RS256":
        raise GrantRefused("invalid_grant", "Invalid JWT: only RS256 is accepted.")
    account = google.accounts.get(str(claims.get("iss")))
    if account is None:
        raise GrantRefused("invalid_grant", "Invalid grant: account not found")
    key = serialization.load_pem_public_key(account.public_key.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise GrantRefused("invalid_grant", "Invalid JWT Signature.")
    try:
        key.verify(signed, f"{head}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as problem:
        raise GrantRefused("invalid_grant", "Invalid JWT Signature.") from problem
    return claims


def grant(google: Google, form: dict[str, list[str]], endpoint_path: str) -> str:
    """A new access token for a good assertion. GrantRefused for every other request."""
    if form.get("grant_type") != [GRANT]:
        raise GrantRefused("unsupported_grant_type", "Invalid grant_type.")
    claims = _claims(google, (form.get("assertion") or [""])[-1])
    audience = str(claims.get("aud", ""))
    if audience != AUDIENCE and not audience.endswith(endpoint_path):
        raise GrantRefused("invalid_grant", "Invalid JWT: Failed audience check.")
    now = time.time()
    try:
        issued, expires = float(claims["iat"]), float(claims["exp"])
    except (KeyError, TypeError, ValueError) as problem:
        raise GrantRefused("invalid_grant", "Invalid JWT: iat and exp are needed.") from problem
    if issued > now + SKEW or expires < now - SKEW or not 0 < expires - issued <= LONGEST_ASSERTION:
        raise GrantRefused(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim.",
        )
    if claims.get("sub") not in (None, claims["iss"]):
        raise GrantRefused(
            "unauthorized_client",
            "Client is unauthorized to retrieve access tokens using this method, or client not authorized "
            "for any of the scopes requested.",
            401,
        )
    scopes = frozenset(str(claims.get("scope") or "").split())
    if not scopes:
        raise GrantRefused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return google.issue_token(claims["iss"], scopes)


def token_response(google: Google, body: bytes, endpoint_path: str) -> Response:
    """The answer of the token endpoint to a form body."""
    try:
        token = grant(google, parse_qs(body.decode("utf-8", "replace")), endpoint_path)
    except GrantRefused as refused:
        return JSONResponse({"error": refused.error, "error_description": refused.description}, refused.status)
    return JSONResponse({"access_token": token, "expires_in": google.token_seconds, "token_type": "Bearer"})


def caller(google: Google, header: str | None, scopes: frozenset[str] | None) -> Token:
    """Who a request acts as. 401 `authError` without a live token; 403 if its scopes do not cover the method.

    `scopes` without their common root; None accepts any scope.
    """
    kind, _, value = (header or "").partition(" ")
    token = google.tokens.get(value.strip()) if kind.lower() == "bearer" else None
    if token is None or token.expires <= time.time():
        raise GoogleError(401, "authError", location="Authorization", location_type="header")
    held = {scope.removeprefix(SCOPE_ROOT) for scope in token.scopes}
    if scopes is not None and not held & scopes:
        raise GoogleError(403, "insufficientPermissions")
    return token
