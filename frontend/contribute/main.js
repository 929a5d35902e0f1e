/** The form of a proposal: a draft kept in this browser, checked as one types, names suggested. */

import { make } from "../shared/elements.js";
import { learn, say } from "../shared/words.js";
import { attach } from "../suggest/combobox.js";
import { packed, unpacked } from "./draft.js";

const KEY = "essgraph:draft";
/** Longer than between two keys: a check takes the server some tenths of a second. */
const PAUSE_MS = 700;

const form = document.getElementById("propose");
const state = document.getElementById("state");
const draft = document.getElementById("draft");
const touched = new Set();
let timer;
let asked;

if (form) begin();

function begin() {
  learn(form.dataset.words);
  if ("sent" in form.dataset) forget();
  else if (!("checked" in form.dataset)) restore();
  else for (const field of fields()) touched.add(field.dataset.field);
  for (const input of form.querySelectorAll("[data-ask]")) suggesting(input);
  for (const field of form.querySelectorAll("[data-repeats]")) repeating(field);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("click", choose);
  draft.querySelector("button").addEventListener("click", () => {
    forget();
    form.reset();
    for (const input of form.querySelectorAll("input:not([type=checkbox]), textarea")) input.value = "";
    for (const input of form.querySelectorAll(":checked")) input.checked = false;
    touched.clear();
    show({ faults: [], preview: [], iri: "" });
    tell("cleared");
  });
}

function fields() {
  return form.querySelectorAll("[data-field]");
}

function changed(event) {
  const { name } = event.target;
  if (!name || name === "token") return;
  touched.add(name);
  keep();
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE_MS);
}

/** What the form sends, but for the token, which goes nowhere but where it is sent to. */
function written() {
  return [...new FormData(form)].filter(([name]) => name !== "token");
}

function keep() {
  try {
    localStorage.setItem(KEY, packed(written()));
    tell("kept");
  } catch {
    // A browser without room or leave for it keeps no draft; the form works all the same.
  }
}

function forget() {
  clearTimeout(timer);
  asked?.abort();
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above: then there is none.
  }
}

function restore() {
  let kept = null;
  try {
    kept = unpacked(localStorage.getItem(KEY));
  } catch {
    // As above.
  }
  if (kept === null) return;
  for (const [name, values] of kept) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (inputs[0]?.type === "checkbox") for (const box of inputs) box.checked = values.includes(box.value);
    else fill(inputs, values);
    if (values.some((value) => value !== "")) touched.add(name);
  }
  for (const part of form.querySelectorAll("details"))
    part.open ||= [...part.querySelectorAll("input, textarea, select")].some((input) =>
      input.type === "checkbox" ? input.checked : input.value !== "",
    );
  tell("restored");
  later();
}

function fill(inputs, values) {
  const field = inputs[0]?.closest("[data-repeats]");
  values.forEach((value, at) => {
    if (inputs[at]) inputs[at].value = value;
    else if (field) another(field, inputs[0]).value = value;
  });
}

function tell(name) {
  draft.hidden = false;
  draft.querySelector("[role=status]").textContent = say(name);
}

function suggesting(input) {
  attach(input, {
    url: input.dataset.ask,
    onChoose: (hit) => put(input, `${hit.label} (${hit.short})`),
  });
}

function put(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function repeating(field) {
  const first = field.querySelector("input");
  const button = make("button", { type: "button", className: "more", textContent: say("add") });
  button.addEventListener("click", () => another(field, first).focus());
  field.querySelector(".faults").before(button);
}

/** One more line of a field that takes several values. */
function another(field, first) {
  const amount = field.querySelectorAll("input").length + 1;
  const label = field.querySelector("label").textContent.trim();
  const input = make("input", {
    name: first.name,
    id: `${first.id}-${amount}`,
    maxLength: first.maxLength,
    autocomplete: "off",
    "aria-label": `${label} ${amount}`,
    "aria-describedby": first.getAttribute("aria-describedby"),
  });
  field.querySelector("button.more, .faults").before(input);
  if (first.dataset.ask) {
    input.dataset.ask = first.dataset.ask;
    suggesting(input);
  }
  return input;
}

/** One of those that a name may mean, chosen without sending the form. */
function choose(event) {
  const button = event.target.closest("button.offer");
  if (button === null) return;
  const [, key, instead, value] = /^([^|]*)\|(.*)\|([^|]*)$/s.exec(button.value);
  const input = [...form.querySelectorAll(`[name="${CSS.escape(key)}"]`)].find(
    (one) => one.value.trim() === instead,
  );
  if (!input) return;
  event.preventDefault();
  put(input, value);
  input.focus();
}

async function check() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  state.textContent = say("checking");
  try {
    const response = await fetch(form.dataset.check, {
      method: "POST",
      body: new URLSearchParams(written()),
      headers: { Accept: "application/json" },
      signal,
    });
    if (!response.ok) throw new TypeError(`${response.status}`);
    show(await response.json());
  } catch (error) {
    if (error.name !== "AbortError") state.textContent = say("offline");
  }
}

function show(answer) {
  const left = new Set();
  for (const place of form.querySelectorAll("[data-faults]")) {
    // A new organisation has one place for what is wrong with its name, its kind and its form.
    const keys = place.dataset.faults.split(" ");
    const told = answer.faults.filter((fault) => keys.includes(fault.field) && isTold(fault));
    place.replaceChildren(...told.map(message));
    for (const key of keys) mark(
      key,
      told.some((fault) => fault.field === key && !fault.note),
    );
    const folded = place.closest("details");
    if (folded && told.length > 0) folded.open = true;
  }
  for (const fault of answer.faults) if (!fault.note) left.add(called(fault));
  state.textContent = left.size === 0 ? (answer.iri ? say("right") : "") : say("left", [...left].join(", "));
  document.getElementById("iri").textContent = answer.iri;
  const title = form.querySelector('[name="name.fr"]').value || form.querySelector('[name="name.en"]').value;
  if (title) document.getElementById("preview-title").textContent = title;
  const rows = answer.preview.flatMap(([name, values]) => [
    make("dt", { textContent: name }),
    ...values.map((value) => make("dd", { textContent: value })),
  ]);
  document.getElementById("told").replaceChildren(...rows);
  if (answer.address) document.getElementById("f-address").placeholder = answer.address;
}

/** What is still empty is no fault until one has been there. */
function isTold({ field, value }) {
  return touched.has(field) && (value !== "" || !empty(field));
}

function mark(key, wrong) {
  for (const input of form.querySelectorAll(`[name="${CSS.escape(key)}"]`)) {
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function empty(key) {
  return [...form.querySelectorAll(`[name="${CSS.escape(key)}"]`)].every((input) => input.value.trim() === "");
}

/** A field by the name on its label, for what is still to be done. */
function called(fault) {
  const field = form.querySelector(`[data-field="${CSS.escape(fault.field)}"]`);
  const label = field?.querySelector("label, legend")?.firstChild?.textContent.trim();
  return label || fault.message;
}

function message(fault) {
  const offers = fault.offers.map((offer) => {
    const value = `${fault.field}|${fault.value}|${offer.value}`;
    const text = make("span", { className: "soft", textContent: offer.context });
    return make("li", {}, make("button", { className: "offer", name: "choose", value }, `${offer.label} `, text));
  });
  const list = offers.length > 0 ? make("ul", { className: "offers" }, ...offers) : null;
  return make("div", { className: fault.note ? "mended" : "problem" }, fault.message, list);
}
