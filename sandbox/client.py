"""A typed client of `/control`, for tests and scripts."""

from typing import Any

from sandbox.watching import PATIENCE_S, ControlRefused, Json, NothingCame, Watching

__all__ = ["Control", "ControlRefused", "NothingCame"]


class Control(Watching):
    """Acts as any person, and reads everything. Safe to use from several threads at once."""

    def command(self, user: str, text: str, channel: str | None = None) -> Json:
        """`control.command("U…", "/book morgen")`; typed in the bot's direct message when no channel is given."""
        return self._post("/command", user=user, channel=channel or self.bot_id, text=text)

    def message(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        return self._post("/message", user=user, channel=channel, text=text, thread_ts=thread_ts)

    def act(self, user: str, container: Json, action_id: str, block_id: str | None = None, **value: Any) -> Json:
        """Uses an element. Without block_id it is the first element with that action_id.

        value: `value=…`, `selected_option=…`, `selected_date=…` …, and `values=` typed so far in a view.
        """
        if block_id is None:
            block_id = self._block_of(user, container, action_id)
        asked = {"user": user, "container": container, "block_id": block_id, "action_id": action_id, **value}
        return self._call("POST", "/action", asked)

    def click(
        self, user: str, channel: str, ts: str, action_id: str, block_id: str | None = None, **value: Any
    ) -> Json:
        """Uses an element of a message."""
        return self.act(user, {"type": "message", "channel": channel, "ts": ts}, action_id, block_id, **value)

    def use(self, user: str, view_id: str, action_id: str, block_id: str | None = None, **value: Any) -> Json:
        """Uses an element of a modal or of App Home."""
        return self.act(user, {"type": "view", "view_id": view_id}, action_id, block_id, **value)

    def suggest(self, user: str, container: Json, block_id: str, action_id: str, value: str, **more: Any) -> Json:
        asked = {"user": user, "container": container, "block_id": block_id, "action_id": action_id, "value": value}
        return self._call("POST", "/suggest", {**asked, **more})

    def submit(self, user: str, view_id: str, values: Json | None = None) -> Json:
        """values: {block_id: {action_id: entry or bare value}}; a bare value will do for a block with one element."""
        return self._post("/submit", user=user, view_id=view_id, values=values or {})

    def close(self, user: str, view_id: str, *, everything: bool = False) -> Json:
        """Cancel; `everything` is the X."""
        return self._post("/close", user=user, view_id=view_id, all=everything)

    def shortcut(self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Json:
        return self._post("/shortcut", user=user, callback_id=callback_id, channel=channel, ts=ts)

    def open_home(self, user: str, tab: str = "home") -> Json:
        return self._post("/home_opened", user=user, tab=tab)

    def read(self, user: str, channel: str, ts: str) -> Json:
        return self._post("/read", user=user, channel=channel, ts=ts)

    def react(self, user: str, channel: str, ts: str, name: str, *, remove: bool = False) -> Json:
        return self._post("/react", user=user, channel=channel, ts=ts, name=name, remove=remove)

    def change_user(self, id: str, **facts: Any) -> Json:
        """locale, deleted, real_name, tz …; an unknown id with a `name` joins the team."""
        return self._call("POST", "/user", {"id": id, **facts})

    def membership(self, user: str, channel: str, *, leave: bool = False) -> Json:
        return self._post("/membership", user=user, channel=channel, leave=leave)

    def archive(self, channel: str, *, archived: bool = True) -> Json:
        return self._post("/archive", channel=channel, archived=archived)

    # In Google Calendar

    def add_event(self, calendar: str, event: Json) -> Json:
        """The event that a person puts into a calendar, as Google has it."""
        found: Json = self._post("/events", calendar=calendar, event=event)["event"]
        return found

    def edit_event(self, calendar: str, event_id: str, **fields: Any) -> Json:
        """`start=…, summary=…`: what is named is replaced, None takes it away."""
        found: Json = self._call("PATCH", f"/events/{calendar}/{event_id}", fields)["event"]
        return found

    def remove_event(self, calendar: str, event_id: str) -> None:
        self._call("DELETE", f"/events/{calendar}/{event_id}")

    def move_event(self, calendar: str, event_id: str, to: str) -> Json:
        """Drag it to another calendar."""
        found: Json = self._post(f"/events/{calendar}/{event_id}/move", to=to)["event"]
        return found

    # The app's side

    def manifest(self, manifest: Json) -> Json:
        return self._call("POST", "/manifest", manifest)

    def connect(self, events_url: str | None) -> Json:
        """Where signed requests go while no socket is connected; several addresses, by commas, take turns."""
        return self._call("POST", "/connect", {"events_url": events_url})

    def verify(self) -> Json:
        """url_verification and ssl_check against the request URL."""
        return self._post("/verify")

    def raw(self, body: str, headers: dict[str, str] | None = None, *, sign: bool = True) -> Json:
        return self._post("/raw", body=body, headers=headers or {}, sign=sign)

    def replay(self, n: int) -> Json:
        """Sends delivery `n` again, unchanged (events with the retry headers): {ok, status, body, ms}."""
        return self._post("/replay", n=n)

    def faults(self, **faults: Any) -> Json:
        """slack={…}, google={…}, expire_sync_tokens=True, socket="refresh" or "drop"."""
        return self._call("POST", "/faults", faults)

    def heal(self) -> Json:
        return self._call("DELETE", "/faults")

    def settle(self, timeout: float = PATIENCE_S) -> None:
        """Waits until every event had its first delivery."""
        answer = self._post("/settle", timeout=timeout)
        if not answer["ok"]:
            raise NothingCame(f"still {answer['pending']} events under way")

    def _block_of(self, user: str, container: Json, action_id: str) -> str:
        if container["type"] == "message":
            shown = self.messages(user, container["channel"], 1000)
            blocks: list[Json] = next((m["blocks"] for m in shown if m["ts"] == container["ts"]), [])
        else:
            home = self.home(user)
            views = [*self.views(user), *([home] if home else [])]
            blocks = next((v["blocks"] for v in views if v["id"] == container["view_id"]), [])
        for block in blocks:
            for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
                if isinstance(element, dict) and element.get("action_id") == action_id:
                    return str(block["block_id"])
        raise ControlRefused(404, {"error": "no_such_element", "action_id": action_id})
