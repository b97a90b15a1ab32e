"""The Bolt App from the registry: which entry answers which request, and how a verdict becomes an acknowledgement.

Everything is acknowledged from tables alone; what calls Slack runs afterwards (see `bot/runner.py`).
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped, warning_token_skipped
from slack_sdk import WebClient

from bot.answers import Close, Errors, Show
from bot.registry import Action, Hear, Judge, Listener, News, Registry, Suggest
from bot.runner import Runner
from bot.services import Services
from core.model import Role

Handler = Callable[[Ack, dict[str, Any]], None]


def build_app(services: Services, signing_secret: str, runner: Runner) -> App:
    """A Bolt App that knows every entry of the registry."""
    bolt_log = logging.getLogger("slack_bolt")
    bolt_log.addFilter(_worth_saying)
    app = App(
        authorize=_authorize(services),
        client=services.slack,
        signing_secret=signing_secret,
        process_before_response=True,
        ignoring_self_events_enabled=True,
        logger=bolt_log,
    )
    declared = services.declared
    for command in declared.commands.values():
        app.command(command.name)(_after(runner, command.needs, command.run))
    for shortcut in declared.shortcuts.values():
        app.shortcut(shortcut.id)(_after(runner, shortcut.needs, shortcut.run))
    for told in declared.events.values():
        heard = _heard(runner, told.run) if isinstance(told, News) else _after(runner, Role.MEMBER, told.run)
        app.event(told.id)(heard)
    for submission in declared.submissions.values():
        app.view(submission.id)(_judged(runner, submission.needs, submission.run))
    for suggestion in declared.suggestions.values():
        app.options(suggestion.id)(_suggested(runner, suggestion.needs, suggestion.run))
    app.action(re.compile(".*"))(_pressed(runner, declared))
    app.view_closed(re.compile(".*"))(_ignored)
    app.event(re.compile(".*"))(_ignored)
    return app


def _worth_saying(record: logging.LogRecord) -> bool:
    """Bolt warns that it takes no token from the environment when it is given a client; that is how it is meant."""
    return record.msg not in (warning_client_prioritized_and_token_skipped(), warning_token_skipped())


def _authorize(services: Services) -> Callable[..., AuthorizeResult]:
    """Bolt asks for the bot's identity with every request; Slack is asked once, at the start, and never waited for here."""

    def authorize(context: BoltContext, client: WebClient) -> AuthorizeResult:
        me = services.me
        return AuthorizeResult(
            enterprise_id=None,
            team_id=me.team_id if me else context.team_id,
            bot_user_id=me.user_id if me else None,
            bot_id=me.bot_id if me else None,
            bot_token=services.slack.token,
        )

    return authorize


def _after(runner: Runner, needs: Role, run: Listener) -> Handler:
    def handle(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        runner.later(body, needs, run)

    return handle


def _heard(runner: Runner, run: Hear) -> Handler:
    def handle(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        runner.hear(body, run)

    return handle


def _pressed(runner: Runner, declared: Registry) -> Handler:
    def handle(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        for pressed in body.get("actions", ()):
            entry = find_action(declared, pressed.get("action_id", ""))
            if entry is not None:
                runner.later(body, entry.needs, entry.run, pressed)

    return handle


def find_action(declared: Registry, action_id: str) -> Action | None:
    """The entry for an action_id; "slots.book:3" also finds "slots.book:*". Link buttons have none."""
    name, colon, _ = action_id.partition(":")
    return declared.actions.get(action_id) or (declared.actions.get(f"{name}:*") if colon else None)


def _judged(runner: Runner, needs: Role, run: Judge) -> Handler:
    def handle(ack: Ack, body: dict[str, Any]) -> None:
        call, verdict = runner.judge(body, needs, run)
        match verdict:
            case Errors(by_block):
                ack(response_action="errors", errors=by_block)
            case Show(view):
                ack(response_action="update", view=view)
            case Close(everything):
                if everything:
                    ack(response_action="clear")
                else:
                    ack()
        if isinstance(verdict, Close | Show) and verdict.then:
            runner.then(call, verdict.then)

    return handle


def _suggested(runner: Runner, needs: Role, run: Suggest) -> Handler:
    def handle(ack: Ack, body: dict[str, Any]) -> None:
        options = runner.suggest(body, needs, run)
        if options and "options" in options[0]:
            ack(option_groups=options)
        else:
            ack(options=options)

    return handle


def _ignored(ack: Ack) -> None:
    ack()
