"""Google's refusals: a status, a reason code and the JSON body that Calendar v3 sends with them."""

import json
from typing import Any

from starlette.responses import Response

DOMAINS = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "timeRangeEmpty": "calendar",
    "updatedMinTooLongAgo": "calendar",
    "forbiddenForServiceAccounts": "calendar",
    "requiredAccessLevel": "calendar",
    "fullSyncRequired": "calendar",
}

MESSAGES = {
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "quotaExceeded": "Calendar usage limits exceeded.",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "backendError": "Backend Error",
    "notFound": "Not Found",
    "duplicate": "The requested identifier already exists.",
    "conditionNotMet": "Precondition Failed",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
    "updatedMinTooLongAgo": "The requested minimum modification time lies too far in the past.",
    "deleted": "Resource has been deleted",
    "forbidden": "Forbidden",
    "authError": "Invalid Credentials",
    "required": "Required",
    "invalid": "Invalid Value",
    "parseError": "Parse Error",
    "requiredAccessLevel": "You need to have writer access to this calendar.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "forbiddenForServiceAccounts": (
        "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."
    ),
}


class GoogleError(Exception):
    """A refusal. `reason` is the code that clients branch on; `location` names the parameter or header at fault."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str | None = None,
        *,
        location: str | None = None,
        location_type: str = "parameter",
    ) -> None:
        self.status = status
        self.reason = reason
        self.message = message or MESSAGES.get(reason, reason)
        self.location = location
        self.location_type = location_type
        super().__init__(f"{status} {reason}: {self.message}")

    def body(self) -> dict[str, Any]:
        detail: dict[str, Any] = {
            "domain": DOMAINS.get(self.reason, "global"),
            "reason": self.reason,
            "message": self.message,
        }
        if self.location is not None:
            detail |= {"locationType": self.location_type, "location": self.location}
        return {"error": {"errors": [detail], "code": self.status, "message": self.message}}


def error_response(error: GoogleError, retry_after: float | None = None) -> Response:
    """The HTTP answer for a refusal; `retry_after` in seconds becomes the header of that name."""
    headers = {} if retry_after is None else {"Retry-After": str(int(retry_after))}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return Response(json.dumps(error.body()), error.status, headers, "application/json; charset=UTF-8")


def missing(what: str) -> GoogleError:
    return GoogleError(400, "required", f"Missing {what}.", location=what)


def invalid(message: str, location: str | None = None) -> GoogleError:
    return GoogleError(400, "invalid", message, location=location)
