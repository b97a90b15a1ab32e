// The control interface: one function a route, and the live connection.

async function call(method, path, { query, body } = {}) {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) address.searchParams.set(name, value);
  }
  const answer = await fetch(address, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (!answer.ok && (data === null || data.ok === undefined)) {
    const detail = data && (data.error ?? data.detail);
    return { ok: false, status: answer.status, error: typeof detail === "string" ? detail : `http_${answer.status}` };
  }
  return data;
}

const get = (path, query) => call("GET", path, { query });
const post = (path, body) => call("POST", path, { body });
const part = encodeURIComponent;

export const api = {
  workspace: () => get("/control/workspace"),
  conversations: (user) => get("/control/conversations", { user }),
  messages: (user, channel, limit = 100) => get("/control/messages", { user, channel, limit }),
  views: (user) => get("/control/views", { user }),
  home: (user) => get("/control/home", { user }),
  command: (user, channel, text) => post("/control/command", { user, channel, text }),
  message: (user, channel, text, threadTs) => post("/control/message", { user, channel, text, thread_ts: threadTs }),
  action: (body) => post("/control/action", body),
  suggest: (body) => post("/control/suggest", body),
  submit: (user, viewId, values) => post("/control/submit", { user, view_id: viewId, values }),
  close: (user, viewId, all) => post("/control/close", { user, view_id: viewId, all }),
  shortcut: (user, callbackId, channel, ts) => post("/control/shortcut", { user, callback_id: callbackId, channel, ts }),
  homeOpened: (user, tab) => post("/control/home_opened", { user, tab }),
  read: (user, channel, ts) => post("/control/read", { user, channel, ts }),
  calendars: () => get("/control/calendars"),
  events: (from, to) => get("/control/events", { from, to }),
  addEvent: (calendar, event) => post("/control/events", { calendar, event }),
  changeEvent: (calendar, id, change) =>
    call("PATCH", `/control/events/${part(calendar)}/${part(id)}`, { body: change }),
  removeEvent: (calendar, id) => call("DELETE", `/control/events/${part(calendar)}/${part(id)}`),
  moveEvent: (calendar, id, to) => post(`/control/events/${part(calendar)}/${part(id)}/move`, { to }),
};

/** The live connection: reconnects with growing pauses and says when it is back, so that everything is read anew. */
export class Live {
  constructor(user, { onNotice, onState }) {
    this.user = user;
    this.onNotice = onNotice;
    this.onState = onState;
    this.pause = 250;
    this.stopped = false;
    this.wasOpen = false;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/control/live?user=${part(this.user)}`);
    this.socket.onopen = () => {
      this.pause = 250;
      this.onState(true, this.wasOpen);
      this.wasOpen = true;
    };
    this.socket.onmessage = (event) => {
      let notice = null;
      try {
        notice = JSON.parse(event.data);
      } catch {
        return;
      }
      this.onNotice(notice);
    };
    this.socket.onclose = () => {
      if (this.stopped) return;
      this.onState(false, this.wasOpen);
      this.timer = setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(this.pause * 2, 5000);
    };
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
