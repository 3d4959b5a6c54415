// Keeps the page true: on every change the page is fetched again and only the parts that differ are replaced.
"use strict";

const QUIET = 150; // milliseconds to wait for more changes before fetching
const SLOW = 60_000; // milliseconds after which times are brought up to date although nothing changed
const REFUSED = 3_000; // milliseconds after which a stream that was refused is asked for again: browsers do not

const announcer = document.getElementById("announcer");
const still = document.querySelector("[data-still]") !== null; // an answer to a question, which is not asked again
let stream = null;
let timer = 0;
let fetching = false;
let again = false;

function later(delay = QUIET) {
  clearTimeout(timer);
  timer = setTimeout(refresh, delay);
}

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    say(!answer.ok || stream?.readyState !== EventSource.OPEN);
  } catch {
    say(true);
  } finally {
    fetching = false;
    later(again ? QUIET : SLOW);
    again = false;
  }
}

function replace(fresh) {
  const focused = address(document.activeElement);
  const open = new Map([...document.querySelectorAll("details[id]")].map((each) => [each.id, each.open]));
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (next === null) continue;
    for (const each of next.querySelectorAll("details[id]")) {
      if (open.has(each.id)) each.open = open.get(each.id);
    }
    morph(old, next);
  }
  if (document.title !== fresh.title) {
    document.title = fresh.title;
    announcer.textContent = fresh.title;
  }
  if (focused !== null && document.activeElement === document.body) {
    document.querySelector(focused)?.focus({ preventScroll: true });
  }
}

// Makes `old` like `next` and leaves alone what is so already: one site among four hundred is one change, not a new map.
function morph(old, next) {
  if (old.isEqualNode(next)) return;
  if (old.nodeName !== next.nodeName) return old.replaceWith(document.importNode(next, true));
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (hasWords(old) || hasWords(next)) {
    if (old.innerHTML !== next.innerHTML) old.replaceChildren(...document.importNode(next, true).childNodes);
    return;
  }
  const known = new Map([...old.children].filter(key).map((child) => [key(child), child]));
  const wanted = new Set([...next.children].map(key));
  for (const child of [...known.values()]) if (!wanted.has(key(child))) child.remove();
  let at = old.firstElementChild;
  for (const child of next.children) {
    const same = known.get(key(child));
    if (same !== undefined && same !== at) {
      if (same === at?.nextElementSibling && key(at)) at.remove(); // it comes later
      else old.insertBefore(same, at);
    }
    const now = same ?? (at !== null && !key(at) ? at : old.insertBefore(document.importNode(child, true), at));
    at = now.nextElementSibling;
    morph(now, child);
  }
  while (at !== null) {
    const gone = at;
    at = at.nextElementSibling;
    gone.remove();
  }
}

// What an element is known by among its siblings: its id, or where it leads; empty where it has neither.
function key(element) {
  return element.id || element.getAttribute("href") || "";
}

function hasWords(element) {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
}

// A selector that finds the same element in a replaced part of the page, or null.
function address(element) {
  const part = element?.closest("[data-live]");
  if (!part) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
  const href = element.getAttribute("href");
  return href === null ? null : `#${CSS.escape(part.id)} [href="${CSS.escape(href)}"]`;
}

function say(lost) {
  const state = document.getElementById("live-state");
  state.textContent = lost ? state.dataset.lostWord : state.dataset.liveWord;
  state.classList.toggle("lost", lost);
  state.hidden = false;
}

function listen() {
  if (still || document.hidden || stream !== null) return;
  const opened = new EventSource("/events");
  stream = opened;
  opened.addEventListener("hello", (event) => {
    const shown = document.getElementById("foot").dataset.position;
    if (String(JSON.parse(event.data).position) !== shown) later(0);
    else say(false);
  });
  opened.addEventListener("change", () => later());
  opened.addEventListener("error", () => {
    say(true);
    if (opened.readyState !== EventSource.CLOSED || stream !== opened) return;
    stream = null;
    setTimeout(listen, REFUSED);
  });
}

// A hidden tab needs no stream, and browsers allow only a few for one address.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  stream?.close();
  stream = null;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  document.getElementById("q").focus();
});

const mapWindow = document.getElementById("map-window");
if (mapWindow !== null) {
  const tools = document.querySelector(".map-tools");
  const [outward, inward] = tools.querySelectorAll("button");
  let zoom = 1;
  const scale = (factor) => {
    const before = mapWindow.scrollWidth;
    const [x, y] = [mapWindow.scrollLeft + mapWindow.clientWidth / 2, mapWindow.scrollTop + mapWindow.clientHeight / 2];
    zoom = Math.min(4, Math.max(1, zoom * factor));
    mapWindow.classList.toggle("zoom-2", zoom === 2);
    mapWindow.classList.toggle("zoom-4", zoom === 4);
    const grown = mapWindow.scrollWidth / before; // a phone enlarges more than a desk does
    mapWindow.scrollTo(x * grown - mapWindow.clientWidth / 2, y * grown - mapWindow.clientHeight / 2);
    outward.disabled = zoom === 1;
    inward.disabled = zoom === 4;
  };
  outward.addEventListener("click", () => scale(0.5));
  inward.addEventListener("click", () => scale(2));
  tools.hidden = false;
  scale(1);
}

listen();
if (!still) later(SLOW);
