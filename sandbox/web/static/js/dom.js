// Builds DOM nodes. Text always becomes a text node; nothing here ever parses HTML.

const SVG = "http://www.w3.org/2000/svg";

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.setAttribute("class", value);
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "style") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "readOnly") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  append(node, children);
  for (const [name, value] of Object.entries(props ?? {})) assign(node, name, value);
  return node;
}

export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  return append(node, children);
}

/** Makes the children of `parent` exactly `wanted`, moving as little as possible so that focus and scroll survive. */
export function place(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

/** Remembers the node of each key and its source; builds it anew only when the source changed. */
export class Keyed {
  constructor() {
    this.known = new Map();
  }

  nodes(items) {
    const next = new Map();
    const list = items.map(({ key, source, build }) => {
      const text = typeof source === "string" ? source : JSON.stringify(source);
      const before = this.known.get(key);
      const entry = before && before.text === text ? before : { text, node: build(before?.node) };
      next.set(key, entry);
      return entry.node;
    });
    this.known = next;
    return list;
  }
}

let counter = 0;
export function uid(prefix = "x") {
  counter += 1;
  return `${prefix}${counter}`;
}

export function debounce(run, wait) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), wait);
  };
}
