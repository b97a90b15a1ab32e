"""Structured log lines: JSON where a machine reads them, aligned text on a terminal. Personal data is never logged."""

import logging
import sys

import structlog


def start_logging(level: str) -> None:
    """Send every logger's lines through structlog to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]
    pretty = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        # Its own tracebacks would show the values of variables: customers, tokens.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    traces = [] if pretty else [structlog.processors.format_exc_info]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_their_traces,
            *traces,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for quiet in ("apscheduler", "uvicorn.error", "googleapiclient", "slack_bolt", "slack_sdk"):
        logging.getLogger(quiet).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _without_their_traces(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Slack's SDK logs a traceback at every try to connect while Slack is away; its message says enough."""
    if str(line.get("logger", "")).startswith("slack_sdk"):
        line.pop("exc_info", None)
    return line
