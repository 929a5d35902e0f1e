/** Explore without reloading: links and forms of the page renew the list in place. */

const PAUSE_MS = 250;
const WIDE = matchMedia("(min-width: 56rem)");
let asked = null;
let timer = 0;
let shown = stateOf(location);

const root = () => document.getElementById("explore");

/** What an address says of the list. */
function stateOf(address) {
  return address.pathname + address.search;
}

/** Whether an address is another state of this page. */
function isHere(address) {
  return address.origin === location.origin && address.pathname === location.pathname;
}

/** The address that a form would be sent to; fields left empty say nothing. */
function addressOf(form) {
  const address = new URL(form.action);
  // As a browser does: the fields are all that the address says.
  address.search = "";
  for (const [name, value] of new FormData(form)) if (value !== "") address.searchParams.append(name, value);
  return address;
}

/** Shows the state of an address; without scripts the browser would have gone there. */
async function show(address, { push = true, focus = "" } = {}) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  root().setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
    if (!response.ok) return location.assign(address);
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = next.getElementById("explore");
    if (found === null) return location.assign(address);
    if (push) history.pushState(null, "", address);
    shown = stateOf(address);
    renew(next, found, focus);
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    root().removeAttribute("aria-busy");
    say(root().dataset.failed);
  }
  return undefined;
}

/** On a phone the kinds are one line that scrolls: the present one is in sight. */
function reveal() {
  const tab = document.querySelector(".kinds [aria-current]");
  const line = tab?.closest("ul");
  if (line) line.scrollLeft += tab.getBoundingClientRect().left - line.getBoundingClientRect().left;
}
reveal();

function renew(next, found, focus) {
  const open = document.querySelector("[data-filters]")?.open;
  const field = document.getElementById("q");
  const typing = document.activeElement === field;
  const kept = [field.value, field.selectionStart, field.selectionEnd];
  const place = document.activeElement?.closest("a")?.querySelector(".what")?.textContent;
  document.title = next.title;
  document.getElementById("main").className = next.getElementById("main").className;
  const language = next.querySelector(".langs a");
  if (language !== null) document.querySelector(".langs a")?.setAttribute("href", language.getAttribute("href"));
  root().replaceWith(document.adoptNode(found));
  reveal();
  // What other scripts of the page have put on it, as a map, they put on it again.
  root().dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  document.querySelector("[data-filters]").open = open;
  if (typing) {
    const fresh = document.getElementById("q");
    fresh.focus();
    fresh.value = kept[0];
    fresh.setSelectionRange(kept[1], kept[2]);
  } else refocus(place, focus);
  say(document.getElementById("found").textContent);
}

/** The focus stays on the filter that was chosen, else goes where the list begins. */
function refocus(place, focus) {
  const same = [...document.querySelectorAll(".choices a")].find(
    (link) => place !== undefined && link.querySelector(".what").textContent === place,
  );
  (same ?? document.getElementById(focus || "found")).focus({ preventScroll: same !== undefined });
}

const status = document.createElement("div");
status.className = "sr";
status.setAttribute("role", "status");
document.body.append(status);

/** The heading that says the number is new with each list: a region that stays reads it out. */
function say(text) {
  status.textContent = text;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#explore a[href]");
  if (link === null || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.hasAttribute("download")) return;
  const address = new URL(link.href);
  // A link within the page, as the one to the results, leads there without being asked for anew.
  if (!isHere(address) || (address.hash && stateOf(address) === shown)) return;
  event.preventDefault();
  show(address);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#explore form");
  if (form === null || form.method !== "get" || !isHere(new URL(form.action))) return;
  event.preventDefault();
  clearTimeout(timer);
  show(addressOf(form));
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("#explore form[data-live]");
  if (form === null) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(addressOf(form)), PAUSE_MS);
});

addEventListener("popstate", () => {
  // A link within the page, as the one past the head, changes nothing that is listed.
  if (stateOf(location) !== shown) show(new URL(location.href), { push: false });
});

/** Beside the list there is room for all filters; on a phone they wait until they are asked for. */
function unfold() {
  const filters = document.querySelector("[data-filters]");
  if (filters !== null) filters.open = WIDE.matches;
}
unfold();
WIDE.addEventListener("change", unfold);
