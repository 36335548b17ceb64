// Makes what is live on a page follow the server. Every page is whole without it.
//
// A page says on <main> what it follows: data-events is the address of a stream of events, data-after the
// number of the last one that it knows of, data-kinds the types it hears, data-change the one change that
// it is about. When something happens the page is asked for again and its parts are
// compared: an element with data-live is replaced where it differs, a row of the table data-rows in its
// place. Rows that are new wait behind the line data-news, so that what is being read doesn't move.

const main = document.querySelector("main");
const PAUSE = 1000; // milliseconds between two looks at the server

let asked = 0; // looks at the server so far
let shown = 0; // which of them is on the page

if (main?.dataset.events && "EventSource" in window) follow(main.dataset.events);
setInterval(tick, 1000);

// EventSource sends Last-Event-ID by itself when its connection breaks, so that nothing is missed. While
// nobody looks at the page no connection is held, as browsers allow six a server; the page is asked for
// again when somebody does.
function follow(address) {
  let events, waiting, again;
  const wanted = main.dataset.change;

  function heard(event) {
    if (wanted && String(changeOf(event.data)) !== wanted) return;
    waiting ??= setTimeout(() => { waiting = undefined; refresh(); }, PAUSE);
  }

  function open() {
    close();
    // From where the page was read: what happened meanwhile is heard too.
    events = new EventSource(`${address}?after=${main.dataset.after}`);
    for (const kind of ["message", ...main.dataset.kinds.split(" ")]) events.addEventListener(kind, heard);
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return; // it tries again by itself
      again = setTimeout(() => refresh().then(open), 10 * PAUSE);
    };
  }

  function close() {
    clearTimeout(again);
    events?.close();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else refresh().then(open);
  });
  addEventListener("pagehide", close);
  if (!document.hidden) open();
}

function changeOf(text) {
  try {
    const said = JSON.parse(text);
    return said.data?.customData?.change ?? said.data?.change ?? said.change;
  } catch {
    return undefined;
  }
}

async function refresh() {
  const mine = (asked += 1);
  let fresh;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return; // the next event asks again
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return;
  }
  if (mine < shown) return; // a later look was quicker
  shown = mine;
  main.dataset.after = fresh.querySelector("main")?.dataset.after ?? main.dataset.after;
  for (const part of document.querySelectorAll("[data-live]")) swap(part, fresh.getElementById(part.id));
  if (main.dataset.rows) compareRows(fresh);
  tick();
}

// Replaces an element by its newer self, where the two differ by more than the time that has passed.
function swap(old, fresh, mark = false) {
  if (!fresh || same(old, fresh)) return;
  const open = new Map([...old.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  for (const one of fresh.querySelectorAll("details[id]")) {
    if (open.has(one.id)) one.open = open.get(one.id);
  }
  if (mark) fresh.classList.add("changed");
  old.replaceWith(document.adoptNode(fresh));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function same(one, other) {
  const [left, right] = [one.cloneNode(true), other.cloneNode(true)];
  for (const clone of [left, right]) {
    clone.classList.remove("changed");
    if (!clone.classList.length) clone.removeAttribute("class");
    for (const time of clone.querySelectorAll("[data-since]")) {
      time.removeAttribute("data-now");
      time.textContent = "";
    }
    for (const details of clone.querySelectorAll("details")) details.removeAttribute("open");
  }
  return left.isEqualNode(right);
}

function compareRows(fresh) {
  const table = document.getElementById(main.dataset.rows);
  const newer = fresh.getElementById(main.dataset.rows);
  if (!newer) return;
  if (!table) return location.reload(); // the first lines of all
  let come = 0;
  for (const row of [...newer.rows]) {
    const known = document.getElementById(row.id);
    if (known) swap(known, row, true);
    else if (row.rowIndex <= table.rows.length) come += 1;
  }
  announce(come);
}

function announce(come) {
  const news = document.getElementById(main.dataset.news);
  const link = news?.querySelector("a");
  if (!link) return;
  news.hidden = come === 0;
  link.textContent = come === 1 ? "1 new change: show it" : `${come} new changes: show them`;
}

function tick() {
  for (const time of document.querySelectorAll("[data-since]")) {
    // The server's clock counts: what this machine's is ahead of it was seen when the part came.
    time.ahead ??= Date.now() / 1000 - Number(time.dataset.now);
    time.textContent = duration(Date.now() / 1000 - time.ahead - Number(time.dataset.since));
  }
}

function duration(seconds) {
  const left = Math.max(seconds, 0.1);
  if (left < 9.95) return `${left.toFixed(1)} s`;
  if (left < 119.5) return `${Math.round(left)} s`;
  const whole = Math.round(left);
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
