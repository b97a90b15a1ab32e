"""Refusals, by Slack's names."""

from typing import Any


class SlackError(Exception):
    """An answer `{"ok": false, "error": code, …}`; `extra` is merged into it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


class RateLimited(SlackError):
    """HTTP 429; `retry_after` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class ControlError(Exception):
    """What a person in front of Slack could not have done either: unknown user, element, option, closed view."""

    def __init__(self, code: str, status: int = 400, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.extra = extra
