"""Starting from the command line: a team on the first start, the same state on the second."""

import json
import socket
import threading
from pathlib import Path

import pytest

from sandbox.__main__ import arguments, prepared
from sandbox.connections import Connections
from tests.sandbox.slack_desk import MANIFEST


def test_the_second_start_finds_what_the_first_one_left(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    given = ["--dir", str(tmp_path), "--today", "2026-11-20", "--manifest", str(tmp_path / "manifest.json")]
    first = prepared(arguments(given))
    assert len([user for user in first.slack.users.values() if not user.is_bot]) == 17
    said = first.slack.add_message("C000000004", "U000000001", "Guten Morgen")
    first.save()
    environment = (tmp_path / "sandbox.env").read_text()
    (tmp_path / "sandbox.env").write_text(environment + "\nSLACK_SIGNING_SECRET=another\n")
    second = prepared(arguments([*given, "--no-rate-limits"]))
    assert second.slack.channels["C000000004"].messages[said.ts].text == "Guten Morgen"
    assert second.google.snapshot() == first.google.snapshot()
    assert set(second.slack.manifest.commands) == {"/book", "/tell"}
    assert second.slack.signing_secret == "another"
    assert (first.slack.rate_limits, second.slack.rate_limits) == (True, False)


def test_a_write_that_was_cut_off_leaves_the_older_state(tmp_path: Path) -> None:
    given = ["--dir", str(tmp_path), "--today", "2026-11-20"]
    prepared(arguments(given))
    (tmp_path / "slack.json.new").write_text('{"team": ')
    assert len(prepared(arguments(given)).slack.users) == 18


def test_who_was_refused_can_ask_again() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        asking = Connections(f"http://127.0.0.1:{bound.getsockname()[1]}", timeout=20.0)
        with pytest.raises(ConnectionRefusedError):
            asking.request("GET", "/", None)
        bound.listen()

        def answer() -> None:
            caller, _ = bound.accept()
            with caller:
                caller.recv(1000)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        threading.Thread(target=answer, daemon=True).start()
        assert asking.request("GET", "/", None) == (200, {})
        asking.close()
