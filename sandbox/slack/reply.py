"""What the app answered to one request of Slack's."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """status: the HTTP status (200 for an acknowledged envelope, 0 for no answer). error: what the person is shown,
    "operation_timeout" or "dispatch_failed". reason: Slack's word for X-Slack-Retry-Reason. ms: until the answer."""

    status: int = 0
    body: Any = None
    error: str | None = None
    reason: str | None = None
    ms: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)  # in the journal of deliveries

    @property
    def ok(self) -> bool:
        return self.error is None

    def refuse(self, code: str, detail: Any = None) -> None:
        """The app answered something that Slack does not take: the person sees an error, the journal says which."""
        self.error = code
        self.entry |= {"status": code, "error": code, "detail": detail}

    def facts(self) -> dict[str, Any]:
        """The part of a control answer that every interaction shares."""
        known = {"ok": self.ok, "status": self.status, "ms": round(self.ms, 2)}
        return known if self.error is None else {**known, "error": self.error}
