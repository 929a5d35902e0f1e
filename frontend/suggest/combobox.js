/**
 * A text field that suggests entities of the graph as one types: the combobox of the ARIA
 * Authoring Practices Guide, with a list box of suggestions whose focus stays in the field.
 *
 * https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */

import { make } from "../shared/elements.js";
import { lang } from "../shared/words.js";
import { grouped, marked } from "./answer.js";

/** Long enough for the next key of who types fast, short enough not to be felt. */
const PAUSE_MS = 80;
/** Answers kept, for who deletes what was typed. */
const KEPT = 200;

let amount = 0;

/**
 * Makes `input` suggest what `url` answers (a JSON of `/suggest`), of one `kind` if given.
 *
 * Without `onChoose`, choosing goes to the page of the entity, or, where the field has `data-kind`
 * or `data-pick`, writes its name into the field; the form then sends its short IRI under the
 * field's name, until somebody types again. Gives `{close}`.
 */
export function attach(input, options = {}) {
  return new Combobox(input, options);
}

class Combobox {
  constructor(input, { url, kind, onChoose } = {}) {
    this.input = input;
    this.url = url ?? input.dataset.suggest;
    this.kind = kind ?? input.dataset.kind ?? "";
    const picks = input.dataset.kind !== undefined || input.dataset.pick !== undefined;
    this.onChoose = onChoose ?? (picks ? (hit) => this.pick(hit) : go);
    this.name = input.name;
    this.kept = new Map();
    this.options = [];
    this.at = -1;
    this.build();
    this.listen();
  }

  build() {
    const id = (amount += 1);
    this.list = make("div", { id: `suggestions-${id}`, role: "listbox", className: "suggestions", hidden: true });
    const label = this.input.labels?.[0]?.textContent.trim() || this.input.getAttribute("aria-label");
    this.list.setAttribute("aria-label", label ?? "");
    this.status = make("div", { className: "sr", role: "status" });
    this.box = make("div", { className: "suggest" });
    this.input.before(this.box);
    this.box.append(this.input, this.list, this.status);
    const told = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
    for (const [key, value] of Object.entries({ ...told, "aria-controls": this.list.id }))
      this.input.setAttribute(key, value);
    this.input.autocomplete = "off";
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.forget();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("click", () => this.list.hidden && this.ask());
    // A press would take the focus from the field, and so close the list before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option !== null) this.choose(this.options.indexOf(option));
    });
    this.input.form?.addEventListener("submit", () => this.close());
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const open = !this.list.hidden;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown" && !open) this.ask();
    else if (event.key === "ArrowDown") this.move(this.at === last ? -1 : this.at + 1);
    else if (event.key === "ArrowUp" && open) this.move(this.at === -1 ? last : this.at - 1);
    else if (event.key === "Enter" && open && this.at >= 0) this.choose(this.at);
    else if (event.key === "Escape" && open) this.close();
    else return;
    event.preventDefault();
  }

  /** Asks what the field says now; an answer that comes after the next question is not shown. */
  async ask() {
    const typed = this.input.value.trim();
    this.asked?.abort();
    if (typed === "") return this.close();
    const address = new URL(this.url, document.baseURI);
    address.searchParams.set("q", typed);
    if (this.kind) address.searchParams.set("kind", this.kind);
    if (!address.searchParams.has("lang")) address.searchParams.set("lang", lang);
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const answer = await this.answer(address.href, signal);
      if (!signal.aborted && document.activeElement === this.input) this.show(answer, typed);
    } catch (error) {
      // A field that cannot suggest is still a field: the form finds what was typed.
      if (error.name !== "AbortError") this.close();
    }
  }

  async answer(address, signal) {
    if (!this.kept.has(address)) {
      const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`${response.status}`);
      if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(address, await response.json());
    }
    return this.kept.get(address);
  }

  show(answer, typed) {
    this.list.replaceChildren();
    this.options = [];
    this.hits = [];
    for (const [title, hits] of grouped(answer.hits)) {
      const id = `${this.list.id}-g${this.list.children.length}`;
      const heading = make("div", { id, className: "group", role: "presentation", textContent: title });
      const group = make("div", { role: "group", "aria-labelledby": id }, heading);
      for (const hit of hits) {
        this.hits.push(hit);
        group.append(this.option(this.entry(hit, answer.corrected || typed), hit.accent));
      }
      this.list.append(group);
    }
    if (answer.all && this.kind === "" && answer.hits.length > 0) {
      this.hits.push({ href: answer.all, whole: true });
      this.list.append(this.option([make("span", { textContent: answer.allText })], "all"));
    }
    this.status.textContent = answer.status;
    this.open(this.options.length > 0);
  }

  entry(hit, typed) {
    const name = make("span", { className: "what", lang: hit.lang || undefined });
    for (const [text, is] of marked(hit.label, typed)) name.append(is ? make("mark", { textContent: text }) : text);
    return [name, hit.context ? make("span", { className: "soft small", textContent: ` ${hit.context}` }) : null];
  }

  option(children, accent) {
    const id = `${this.list.id}-${this.options.length}`;
    const option = make("div", { id, role: "option", "aria-selected": "false", className: accent ?? "" }, ...children);
    this.options.push(option);
    return option;
  }

  move(at) {
    this.options[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const option = this.options[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  choose(at) {
    const hit = this.hits[at];
    this.close();
    if (hit.whole) return go(hit);
    this.input.dispatchEvent(new CustomEvent("suggest:choose", { bubbles: true, detail: hit }));
    this.onChoose(hit);
  }

  /** Writes the entity's name, and has the form send its short IRI. */
  pick(hit) {
    this.input.value = hit.label;
    if (!this.name) return;
    this.picked ??= make("input", { type: "hidden", name: this.name });
    this.picked.value = hit.short;
    this.input.removeAttribute("name");
    this.box.append(this.picked);
  }

  forget() {
    if (!this.picked?.isConnected) return;
    this.picked.remove();
    this.input.name = this.name;
  }

  open(there) {
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidden = !there;
    this.input.setAttribute("aria-expanded", String(there));
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.open(false);
  }
}

function go(hit) {
  if (hit.href) location.assign(hit.href);
}
