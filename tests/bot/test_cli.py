"""The command line as a person types it: words, exit codes, and what stays the same the second time."""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import Served, serve_in_thread
from storage.crypto import new_key
from tests.desk import CENTRAL, KEY, TEAM, TEAM_FILE, credentials, make_world
from tests.services import POSTGRES, free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve_in_thread(make_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, served: Served) -> dict[str, str]:
    """An environment with a database of its own."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "GOOGLE_"))}
    return own | {
        "SLACK_BOT_TOKEN": served.world.slack.bot_token,
        "SLACK_APP_TOKEN": served.world.slack.app_token,
        "SLACK_API_URL": served.api_url,
        "GOOGLE_CREDS_BASE64": credentials(served),
        "GOOGLE_CALENDAR_URL": f"{served.url}/google/calendar/v3/",
        "CENTRAL_CALENDAR_ID": CENTRAL,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        "SLOTQUEST_KEYS": KEY,
        "COLUMNS": "200",
    }


def slotquest(place: dict[str, str], *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=place,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )


def test_the_manifest_is_printed_in_the_language_of_the_firm() -> None:
    printed = slotquest(dict(os.environ), "manifest", "--locale", "de", "--file", "-")
    assert "Termin buchen" in [one["name"] for one in json.loads(printed.stdout)["features"]["shortcuts"]]
    assert slotquest(dict(os.environ), "manifest", "--locale", "fr", "--file", "-").returncode == 2


def test_help_names_every_command() -> None:
    shown = slotquest(dict(os.environ), "--help").stdout
    for command in ("run", "demo", "migrate", "load", "import-history", "doctor", "verify", "manifest", "new-key"):
        assert command in shown


def test_a_wrong_configuration_is_exit_code_3_and_names_everything(place: dict[str, str]) -> None:
    done = slotquest(place | {"SLACK_BOT_TOKEN": "x", "SLOTQUEST_KEYS": ""}, "run")
    assert done.returncode == 3
    assert "SLACK_BOT_TOKEN" in done.stderr
    assert "slotquest new-key" in done.stderr


@pytest.mark.parametrize("words", [["run"], ["verify"], ["load", __file__], ["import-history", __file__]])
def test_a_database_that_is_behind_is_refused(place: dict[str, str], words: list[str]) -> None:
    done = slotquest(place, *words)
    assert done.returncode == 1
    assert "slotquest migrate" in done.stderr


def test_migrate_needs_nothing_but_the_database_and_reads_the_file(place: dict[str, str], tmp_path: Path) -> None:
    bare = {name: value for name, value in place.items() if name not in ("DATABASE_URL", "SLACK_BOT_TOKEN")}
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///named.db\n")
    done = slotquest(bare, "migrate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "named.db").exists()
    assert not (tmp_path / "var").exists()
    assert slotquest(bare, "migrate", "--to", "nowhere", cwd=tmp_path).returncode == 2


def test_a_database_out_of_reach_is_a_sentence(place: dict[str, str]) -> None:
    away = place | {"DATABASE_URL": "postgresql://postgres@127.0.0.1:1/slotquest"}
    for words in (["migrate"], ["run"], ["verify"]):
        done = slotquest(away, *words)
        assert done.returncode == 1
        assert "Check DATABASE_URL" in done.stderr
        assert "Traceback" not in done.stderr


def test_run_refuses_another_key_a_port_that_is_taken_and_a_second_process_on_sqlite(
    place: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "team.toml").write_text(TEAM_FILE)
    slotquest(place, "migrate")
    slotquest(place, "load", str(tmp_path / "team.toml"))
    done = slotquest(place | {"SLOTQUEST_KEYS": new_key()}, "run")
    assert done.returncode == 3
    assert "Add the old key" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = slotquest(place | {"HOST": "127.0.0.1", "PORT": str(taken.getsockname()[1])}, "run")
    assert done.returncode == 1
    assert "look at HOST and PORT" in done.stderr
    with (tmp_path / "bot.db.run").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        done = slotquest(place | {"HOST": "127.0.0.1", "PORT": "0"}, "run")
    assert done.returncode == 1
    assert "SQLite serves one process" in done.stderr


def test_a_manifest_needs_https(place: dict[str, str]) -> None:
    done = slotquest(place, "manifest", "--url", "slotquest.example.com", "--file", "-")
    assert done.returncode == 2
    assert "https://" in done.stderr


def test_a_workspace_from_nothing(place: dict[str, str], tmp_path: Path) -> None:
    team, history = tmp_path / "team.toml", tmp_path / "history.jsonl"
    team.write_text(TEAM_FILE)
    assert slotquest(place, "migrate").returncode == 0
    dry = slotquest(place, "load", str(team), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "would be made" in dry.stdout
    assert "would be made" in slotquest(place, "load", str(team), "--dry-run").stdout, "a dry run changes nothing"
    assert "changes made" in slotquest(place, "load", str(team)).stdout
    assert "Nothing to change" in slotquest(place, "load", str(team)).stdout
    team.write_text(TEAM_FILE.replace('name = "Bea"', 'name = "Bea"\ncapacity = 5'))
    changed = slotquest(place, "load", str(team)).stdout
    assert "Bea" in changed
    assert "Alex" not in changed.split("✓")[0]

    line = {
        "id": "a" * 32,
        "consultant": "Alex",
        "starts_at": "2026-03-02T08:00:00Z",
        "minutes": 60,
        "customer": {"name": "Anna Weber", "phone": "+491712345678", "email": None},
        "note": "",
        "booker": "U000000003",
        "created_at": "2026-02-27T10:12:00Z",
        "outcome": "completed",
        "outcome_at": "2026-03-02T09:05:00Z",
    }
    history.write_text(json.dumps(line) + "\n{broken\n")
    first = slotquest(place, "import-history", str(history))
    assert "1 appointments added" in first.stdout
    assert "line 2" in first.stderr
    assert first.returncode == 1
    history.write_text(json.dumps(line) + "\n")
    again = slotquest(place, "import-history", str(history), "--workspace", TEAM)
    assert "0 appointments added, 1 were there already" in again.stdout
    assert again.returncode == 0

    history.write_bytes(b"\xef\xbb\xbf" + json.dumps(line).encode() + b'\n{"note": "J\xfcrgen"}\n')
    mixed = slotquest(place, "import-history", str(history))
    assert "1 were there already" in mixed.stdout, "a mark at the beginning does no harm"
    assert "line 2: is not UTF-8 text" in mixed.stderr
    assert "1 lines were passed over" in mixed.stderr
    elsewhere = slotquest(place, "import-history", str(history), "--workspace", "T404")
    assert elsewhere.returncode == 1
    assert TEAM in elsewhere.stderr

    well = slotquest(place, "verify")
    assert well.returncode == 0, well.stdout
    looked = slotquest(place, "doctor")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert TEAM in looked.stdout
    assert KEY not in looked.stdout


def test_doctor_says_what_to_do(place: dict[str, str]) -> None:
    slotquest(place, "migrate")
    done = slotquest(place | {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "doctor")
    assert done.returncode == 1
    assert "OAuth & Permissions" in done.stdout
    assert "xoxb-wrong" not in done.stdout
    away = slotquest(place | {"DATABASE_URL": POSTGRES.replace("5432", "1")}, "doctor") if "5432" in POSTGRES else None
    if away:
        assert "Check DATABASE_URL" in away.stdout


def test_doctor_looks_on_when_the_database_cannot_be_used(place: dict[str, str]) -> None:
    for url in (place["DATABASE_URL"], "postgresql://postgres@127.0.0.1:1/slotquest"):
        done = slotquest(place | {"DATABASE_URL": url, "GOOGLE_CALENDAR_URL": "http://127.0.0.1:1/"}, "doctor")
        assert done.returncode == 1
        assert "✗ Database" in done.stdout
        assert f"({TEAM})" in done.stdout, "the team file needs this id before there is a database"
        assert "Check the network" in done.stdout
        assert "Share it" not in done.stdout


def test_doctor_notices_a_team_file_for_another_workspace(place: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text(TEAM_FILE.replace(TEAM, "T0000OTHER"))
    slotquest(place, "migrate")
    slotquest(place, "load", str(tmp_path / "team.toml"))
    done = slotquest(place, "doctor")
    assert done.returncode == 0
    assert "! Other workspaces in the database: T0000OTHER" in done.stdout
    assert f'team_id = "{TEAM}"' in done.stdout
    assert "! Slotquest works." in done.stdout


def test_a_team_file_that_is_no_utf_8_names_the_line(place: dict[str, str], tmp_path: Path) -> None:
    slotquest(place, "migrate")
    (tmp_path / "team.toml").write_bytes(b'[workspace]\nteam_id = "T1"\n[[consultants]]\nname = "J\xfcrgen"\n')
    done = slotquest(place, "load", str(tmp_path / "team.toml"))
    assert done.returncode == 1
    assert "at line 4" in done.stderr


def test_a_bad_team_file_names_every_mistake(place: dict[str, str], tmp_path: Path) -> None:
    slotquest(place, "migrate")
    team = tmp_path / "team.toml"
    team.write_text(
        TEAM_FILE.replace("Europe/Berlin", "Mars/Olympus").replace("DE-NW", "DE-XX").replace('"09:00"', '"25:00"')
    )
    done = slotquest(place, "load", str(team))
    assert done.returncode == 1
    assert done.stderr.count("✗") >= 3


@pytest.mark.timeout(240)
def test_the_demo_starts_stops_and_starts_again(tmp_path: Path) -> None:
    for start in (1, 2):
        with running_demo(tmp_path / "demo") as demo:
            page = told(demo, r"Open (http\S+) +\(ready")
            assert b"Slotquest" in urllib.request.urlopen(page, timeout=30).read()
            demo.send_signal(signal.SIGINT)
            assert demo.wait(60) == 0, f"start {start}"
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(page, timeout=2)


@pytest.mark.timeout(120)
def test_a_second_demo_leaves_the_first_alone(tmp_path: Path) -> None:
    with running_demo(tmp_path / "demo") as demo:
        page = told(demo, r"Open (http\S+) +\(ready")
        for more, words in (
            (["--directory", str(tmp_path / "demo"), "--reset"], "A demo runs already in"),
            (
                ["--directory", str(tmp_path / "other"), "--port", page.rstrip("/").rpartition(":")[2]],
                "--port may help",
            ),
        ):
            done = subprocess.run(
                [sys.executable, "-m", "bot", "demo", *more], capture_output=True, text=True, cwd=ROOT, timeout=60
            )
            assert (done.returncode, words in done.stderr) == (1, True), done.stderr
        assert urllib.request.urlopen(page, timeout=30).status == 200
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0


def test_a_reset_removes_nothing_but_a_demo(place: dict[str, str], tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "important.txt").write_text("to keep")
    done = slotquest(place, "demo", "--reset", "--directory", str(letters))
    assert done.returncode == 1
    assert "something else than a demo" in done.stderr
    assert (letters / "important.txt").read_text() == "to keep"
    done = slotquest(place, "demo", "--directory", str(letters / "important.txt"))
    assert done.returncode == 1
    assert "important.txt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(240)
def test_the_demo_starts_a_bot_that_died_again(tmp_path: Path) -> None:
    with running_demo(tmp_path / "demo") as demo:
        told(demo, r"Open (http\S+) +\(ready")
        health = f"http://127.0.0.1:{(tmp_path / 'demo' / 'port').read_text()}/healthz"
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        (bot,) = [int(pid) for pid in children if b"bot\0run" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(bot, signal.SIGKILL)
        assert told(demo, r"ended by itself \(exit code (-?\d+)\)") == "-9"
        told(demo, r"(The bot is back)")
        assert urllib.request.urlopen(health, timeout=30).status == 200
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(60) == 0
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(health, timeout=2)


def running_demo(directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "demo", "--port", str(free_port()), "--directory", str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )


def told(demo: subprocess.Popen[str], pattern: str) -> str:
    """What the pattern's group catches in the next line of the demo that it fits."""
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError("".join(said))
