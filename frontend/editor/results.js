/** What came back, in views: table, chart, map, raw; and what has to be said of it. */

import { address, isNumber, send } from "../answers/answer.js";
import { shadings } from "../answers/areas.js";
import { make } from "../shared/elements.js";
import { placeColumns } from "../answers/geometry.js";
import { Table } from "../answers/table.js";
import { Labels } from "../answers/terms.js";
import { count, lang, say, write } from "../shared/words.js";

const RAW_CHARACTERS = 100_000;
const FORMATS = {
  table: ["csv", "tsv", "json", "xml"],
  truth: ["json", "xml"],
  graph: ["ttl", "nt", "jsonld", "rdf"],
};

/** The results below the form. */
export class Results {
  #element;
  #addresses;
  #labels;

  /** `addresses` are those of the endpoint, of the labels and of the background of maps. */
  constructor(element, addresses) {
    this.#element = element;
    this.#addresses = addresses;
    this.#labels = new Labels(addresses.labels);
  }

  /** Shows nothing but that there is nothing yet. */
  clear() {
    this.#replace();
  }

  /** Greys out what is shown: a query runs that it is no answer to. */
  age() {
    this.#element.setAttribute("aria-busy", true);
  }

  #replace(...children) {
    this.#element.removeAttribute("aria-busy");
    this.#element.replaceChildren(...children);
  }

  /** Shows why there is no answer; `line` is a button that goes there, or null. */
  refuse(message, line) {
    const words = make("span", { className: "iri", textContent: message, lang: "en" });
    const note = make("p", { className: "note k-initiative", role: "alert" });
    note.append(make("b", { textContent: say("failed") }), " ", words, line ? " " : "", line ?? "");
    this.#replace(note);
  }

  /** Shows an answer to a query over these graphs. */
  show(answer, query, graphs) {
    const heading = make("h2", { id: "results", textContent: say("results") });
    const section = make("section", { "aria-labelledby": "results" }, heading, ...this.#notes(answer));
    this.#replace(section);
    if (answer.kind === "truth") {
      const words = make("b", { textContent: say(answer.truth ? "yes" : "no") });
      section.append(make("p", { className: "note" }, words));
    } else if (answer.rows.length === 0 && answer.kind === "table") {
      section.append(
        make("p", { className: "note", textContent: say("none") }),
        this.#explanation(query, graphs),
      );
    } else {
      section.append(this.#views(answer));
    }
    section.append(this.#downloads(answer, query, graphs));
  }

  #notes({ kind, cut, rows, seconds }) {
    const notes = [];
    if (cut !== null)
      notes.push(make("p", { className: "note k-initiative cut", role: "alert" }, ...told(cut)));
    if (kind !== "truth") {
      const number = count(kind === "graph" ? "triples" : "rows", rows.length);
      const time = seconds.toLocaleString(lang, { maximumSignificantDigits: 2 });
      notes.push(
        make("p", { className: "small soft", role: "status", textContent: say("in", number, time) }),
      );
    }
    return notes;
  }

  #views(answer) {
    const views = { table: (element) => new Table(element, answer, this.#labels) };
    if (answer.rows.some((row) => row.some(isNumber))) {
      views.chart = async (element) => (await import("../answers/chart.js")).drawChart(element, answer, this.#labels);
    }
    if (placeColumns(answer).length > 0 || shadings(answer).length > 0) {
      views.map = async (element) =>
        (await import("../answers/map.js")).drawMap(element, answer, this.#labels, this.#addresses.background);
    }
    views.raw = (element) => showRaw(element, answer.text);
    return tabs(views);
  }

  /** A button that asks the server which part of the query empties the answer. */
  #explanation(query, graphs) {
    const button = make("button", { type: "button", className: "quiet", textContent: say("explain") });
    const block = make("div", { className: "explanation" }, button);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const answer = await send(this.#addresses.endpoint, query, graphs, { explain: "empty" });
        if (!answer.ok) throw new Error(answer.statusText);
        const { sentences } = await answer.json();
        const list = make(
          "ul",
          {},
          ...(sentences[lang] ?? []).map((text) => make("li", { textContent: text })),
        );
        block.replaceChildren(list);
      } catch {
        // A server that cannot explain is no worse than one that was not asked.
        block.remove();
      }
    });
    return block;
  }

  #downloads(answer, query, graphs) {
    const links = FORMATS[answer.kind].map((format) => {
      const short = address(this.#addresses.endpoint, query, graphs, { format });
      const link = make("a", {
        textContent: format.toUpperCase(),
        download: `essgraph.${format}`,
        href: short ?? "#",
      });
      if (short === null) {
        link.addEventListener("click", (event) => {
          event.preventDefault();
          this.#save(format, query, graphs);
        });
      }
      return make("li", {}, link);
    });
    return make(
      "div",
      { className: "downloads small" },
      make("span", { textContent: say("download") }),
      make("ul", { className: "inline" }, ...links),
    );
  }

  /** Saves the answer to a query that is too long for a link. */
  async #save(format, query, graphs) {
    const answer = await send(this.#addresses.endpoint, query, graphs, { format });
    if (!answer.ok) return;
    const href = URL.createObjectURL(await answer.blob());
    make("a", { href, download: `essgraph.${format}` }).click();
    URL.revokeObjectURL(href);
  }
}

/** What the header of a cut answer says: `rows=10000`, `bytes=16000000`, or another reason. */
function told(cut) {
  const [, unit, number] = /^(rows|bytes)=(\d+)/.exec(cut) ?? [];
  const words = unit === undefined ? say("cut.other") : say(`cut.${unit}`, write(number));
  return [make("b", { textContent: words }), " ", say("cut.advice")];
}

function showRaw(element, text) {
  const shown = text.slice(0, RAW_CHARACTERS);
  element.append(make("pre", { tabIndex: 0 }, make("code", { textContent: shown })));
  if (shown.length < text.length) {
    element.append(
      make("p", { className: "small soft", textContent: say("shortened", write(RAW_CHARACTERS)) }),
    );
  }
}

/** Tabs as the ARIA practices have them: arrows move, a view is drawn when it is first seen. */
function tabs(views) {
  const names = Object.keys(views);
  const panels = names.map((name) =>
    make("div", { id: `view-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` }),
  );
  const buttons = names.map((name) =>
    make("button", {
      id: `tab-${name}`,
      type: "button",
      role: "tab",
      "aria-controls": `view-${name}`,
      textContent: say(name),
    }),
  );
  const drawn = new Set();
  const choose = (chosen) => {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-selected", at === chosen);
      button.tabIndex = at === chosen ? 0 : -1;
      panels[at].hidden = at !== chosen;
    });
    if (drawn.has(chosen)) return;
    drawn.add(chosen);
    panels[chosen].textContent = "";
    Promise.resolve(views[names[chosen]](panels[chosen])).catch(() => {
      panels[chosen].textContent = say("unreachable");
      drawn.delete(chosen);
    });
  };
  buttons.forEach((button, at) => {
    button.addEventListener("click", () => choose(at));
    button.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const next = (at + step + names.length) % names.length;
      choose(next);
      buttons[next].focus();
    });
  });
  const list = make("div", { className: "tabs", role: "tablist", "aria-label": say("views") }, ...buttons);
  choose(0);
  return make("div", {}, list, ...panels);
}
