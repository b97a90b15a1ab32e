// What the page knows: the workspace, who is looking, and where. Everything else is read from the server when needed.

export const state = {
  workspace: null,
  users: new Map(),
  channels: new Map(),
  user: null,
  place: "", // "home", "calendar", a channel id, or a user id (the direct message with that person)
  conversations: [],
  thread: null,
};

export function learn(workspace) {
  state.workspace = workspace;
  state.users = new Map(workspace.users.map((user) => [user.id, user]));
  state.channels = new Map(workspace.channels.map((channel) => [channel.id, channel]));
  if (state.user) state.user = state.users.get(state.user.id) ?? state.user;
}

export const me = () => state.user.id;
export const botId = () => state.workspace.bot.user_id;
export const person = (id) => state.users.get(id) ?? null;
export const nameOf = (id) => person(id)?.real_name || person(id)?.name || (id === "USLACKBOT" ? "Slackbot" : id);
export const languageOf = (user) => ((user?.locale ?? "de").startsWith("de") ? "de" : "en");

/** Channels that the person is in; all of them when the server does not say. */
export function myChannels() {
  const listed = new Set(state.conversations.filter((c) => c.kind === "channel").map((c) => c.id));
  return state.workspace.channels.filter((c) => listed.has(c.id) || (c.members ?? []).includes(me()));
}

export const conversationOf = (place) =>
  state.conversations.find((c) => c.id === place || (c.kind === "im" && c.with === place)) ?? null;

/** Whether a live notice about `channel` concerns what is on the screen at `place`. */
export function isSamePlace(channel, place) {
  if (channel === place) return true;
  const known = conversationOf(place);
  return known !== null && (known.id === channel || known.with === channel);
}

// --- the address: ?user=U…&channel=C…|home|calendar

export function readAddress() {
  const query = new URLSearchParams(location.search);
  const named = ["home", "calendar"].find((name) => query.has(name));
  return {
    user: query.get("user"),
    place: query.get("channel") ?? query.get("view") ?? named ?? "",
    thread: query.get("thread"),
  };
}

export function writeAddress(replace = false) {
  const query = new URLSearchParams({ user: me(), channel: state.place });
  if (state.thread) query.set("thread", state.thread);
  const address = `${location.pathname}?${query}`;
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
}

// --- who hears of changes inside the page

const listeners = new Map();

export function on(topic, run) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(run);
  return () => listeners.get(topic).delete(run);
}

export function tell(topic, detail) {
  for (const run of [...(listeners.get(topic) ?? [])]) run(detail);
}
