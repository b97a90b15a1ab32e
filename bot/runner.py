"""Runs a listener for one request: who calls, whether they may, and words for the caller whatever goes wrong.

What must be in the acknowledgement is computed in the request. The rest runs afterwards on our own executor, through one
wrapper that tells the caller when it fails: Bolt's lazy listeners share five threads with the acknowledgements and fail in
silence.
"""

import logging
import re
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot import people
from bot.answers import Answer, Errors, Message, Open, Reply, Show, Verdict
from bot.blocks import escape, modal, plain
from bot.call import Call
from bot.errors import explain
from bot.language import Translator
from bot.registry import Hear, Judge, Listener, Suggest
from bot.respond import Responder
from bot.services import Services
from core.errors import DatabaseUnavailable, NotAllowed, Refusal
from core.model import Role

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
WORKERS = 40


class Runner:
    """Runs listeners for Bolt: in the request where the acknowledgement needs them, else on the executor."""

    def __init__(self, services: Services, workers: int = WORKERS) -> None:
        self.services = services
        self.executor = ThreadPoolExecutor(workers, thread_name_prefix="listener")
        self._responder = Responder()
        self._spoke: dict[str, str] = {}  # Slack id -> locale, for words to a caller who cannot be looked up

    def later(self, body: Body, needs: Role, run: Listener, action: dict[str, Any] | None = None) -> None:
        """Run a listener after the acknowledgement and carry its answer to Slack."""
        if action and body.get("view"):
            self._responder.pressed(body["view"]["id"], str(action.get("action_ts") or ""))
        self.executor.submit(self._guarded, body, needs, run, action or {})

    def hear(self, body: Body, run: Hear) -> None:
        """Take over what Slack tells of, after the acknowledgement. Nobody waits for an answer."""
        self.executor.submit(self._heard, body, run)

    def judge(self, body: Body, needs: Role, run: Judge) -> tuple[Call, Verdict]:
        """Run a submission now; whatever goes wrong becomes a verdict that keeps what was typed."""
        call = None
        try:
            call = self._call(body, may_ask=False)
            _check(call, needs)
            verdict = run(call)
            if not isinstance(verdict, Errors):
                self._responder.submitted(call.modal["id"])
            return call, verdict
        except Exception as error:
            call = call or self._nameless(body)
            return call, _refused(call, self._words(call, error), getattr(error, "field", None))

    def suggest(self, body: Body, needs: Role, run: Suggest) -> list[dict[str, Any]]:
        """What a select offers for the typed letters; nothing when something goes wrong, for it has no place for words."""
        try:
            call = self._call(body, may_ask=False)
            _check(call, needs)
            return run(call)[:100]
        except (Refusal, DatabaseUnavailable):
            return []
        except Exception:
            _reference()
            return []

    def _guarded(self, body: Body, needs: Role, run: Listener, action: dict[str, Any]) -> None:
        call, answer = None, None
        try:
            call = self._call(body, may_ask=True)
            call.action = action
            _check(call, needs)
            answer = run(call)
        except Exception as error:
            call = call or self._nameless(body)
            answer = _say(call, self._words(call, error))
        if answer:
            self._carry(call, answer)

    def _heard(self, body: Body, run: Hear) -> None:
        try:
            run(self.services, str(body.get("team_id") or ""), body["event"])
        except (Refusal, DatabaseUnavailable) as error:
            log.warning("%s: not taken over: %r", body["event"]["type"], error)
        except Exception:
            _reference()

    def _call(self, body: Body, *, may_ask: bool) -> Call:
        call = people.call_for(self.services, body, may_ask=may_ask)
        self._spoke[call.member.slack_id] = call.member.locale
        return call

    def _nameless(self, body: Body) -> Call:
        """The call of somebody whom the tables do not tell right now: enough to answer with words."""
        return people.nameless_call(self.services, body, self._spoke)

    def _words(self, call: Call, error: Exception) -> str:
        """What to tell the caller; anything but a refusal is logged, the unexpected under a number."""
        if isinstance(error, DatabaseUnavailable):
            log.warning("the database is unavailable: %s", error)
        elif not isinstance(error, Refusal):
            return _trouble(call.t, _reference())
        return explain(error, call.t)

    def _carry(self, call: Call, answer: Answer) -> None:
        """Carry an answer to Slack; a failure is told to the caller as far as that is possible."""
        try:
            self._responder.carry(call, answer)
        except Exception:
            words = _trouble(call.t, _reference())
            try:
                self._responder.carry(call, Reply(Message(words)))
            except Exception:
                log.exception("the caller could not be told")

    def then(self, call: Call, then: Callable[[], Answer | None]) -> None:
        """What follows a submission, after its acknowledgement."""
        self.executor.submit(self._guarded_then, call, then)

    def _guarded_then(self, call: Call, then: Callable[[], Answer | None]) -> None:
        try:
            answer = then()
        except Exception as error:
            answer = Reply(Message(self._words(call, error)))
        if answer:
            self._carry(call, answer)

    def stop(self) -> None:
        """Finish what was accepted."""
        self.executor.shutdown(wait=True)


def _check(call: Call, needs: Role) -> None:
    if not call.member.active:
        raise NotAllowed("member")
    if not Role(call.member.role).covers(needs):
        raise NotAllowed(needs)


def _refused(call: Call, words: str, wanted: str | None) -> Verdict:
    """Words at the input they are about, else at the first input, so that nothing typed is lost."""
    inputs = [b["block_id"] for b in call.modal.get("blocks", ()) if b.get("type") == "input"]
    at_fault = [block_id for block_id in inputs if wanted and re.match(rf"{re.escape(wanted)}(\b|$)", block_id)]
    if at_fault or inputs:
        return Errors({(at_fault or inputs)[0]: words})
    return Show(_words_view(call.t, words))


def _say(call: Call, words: str) -> Answer:
    """Words for the caller: on top of the modal they are in, else as a reply."""
    if call.modal.get("type") == "modal" or (call.modal and call.payload.get("trigger_id")):
        return Open(_words_view(call.t, words))
    return Reply(Message(escape(words)))


def _words_view(t: Translator, words: str) -> dict[str, Any]:
    """The words may hold what people typed, as the title of a calendar entry: they are no markup."""
    return modal("words", t("Slotquest"), [{"type": "section", "text": plain(words)}], close=t("Close"))


def _trouble(t: Translator, reference: str) -> str:
    return t(
        "Something went wrong on our side; nothing was lost. If it happens again, tell an admin the number {reference}.",
        reference=reference,
    )


def _reference() -> str:
    """Log the exception at hand under a short number that the user can tell an admin."""
    reference = uuid.uuid4().hex[:8]
    log.exception("unexpected (reference %s)", reference)
    return reference
