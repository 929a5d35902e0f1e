/** An answer as a table: sorted by a click on a heading, filtered by words, a page at a time. */

import { isNumber } from "./answer.js";
import { make } from "../shared/elements.js";
import { show, text } from "./terms.js";
import { count, lang, say, write } from "../shared/words.js";

const PAGE = 100;
/** IRIs of a column that are named before it is sorted by their labels. */
const NAMED_TO_SORT = 4000;
const collator = new Intl.Collator(lang, { numeric: true });

/** Draws the table of an answer into an element. */
export class Table {
  #answer;
  #labels;
  #shown;
  #page = 0;
  #sorted = { column: -1, descending: false };
  #body = make("tbody");
  #caption = make("caption");
  #headings = [];
  #pager = make("nav", { className: "pages", "aria-label": say("pages") });

  constructor(element, answer, labels) {
    this.#answer = answer;
    this.#labels = labels;
    this.#shown = answer.rows;
    const numeric = answer.columns.map((_, at) =>
      isNumber(answer.rows.find((row) => row[at] !== null)?.[at]),
    );
    this.#headings = answer.columns.map((name, at) => this.#heading(name, at, numeric[at]));
    const table = make(
      "table",
      {},
      this.#caption,
      make("thead", {}, make("tr", {}, ...this.#headings)),
      this.#body,
    );
    const filter = make("input", { type: "search", autocomplete: "off" });
    filter.addEventListener("input", () => this.#filter(filter.value));
    element.append(
      answer.rows.length > 10
        ? make("label", { className: "choice" }, make("span", { textContent: say("filter") }), filter)
        : "",
      make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": say("table") }, table),
      this.#pager,
    );
    this.#draw();
  }

  #heading(name, at, numeric) {
    const button = make("button", {
      type: "button",
      className: "sort",
      textContent: name,
      title: say("sort", name),
    });
    button.addEventListener("click", () => this.#sort(at));
    return make("th", { scope: "col", className: numeric ? "num" : "" }, button);
  }

  async #sort(column) {
    const same = this.#sorted.column === column;
    this.#sorted = { column, descending: same && !this.#sorted.descending };
    const iris = this.#answer.rows.map((row) => row[column]).filter((term) => term?.type === "uri");
    await this.#labels.learn(iris.slice(0, NAMED_TO_SORT).map((term) => term.value));
    this.#order();
    this.#headings.forEach((heading, at) => {
      if (at !== column) heading.removeAttribute("aria-sort");
      else heading.setAttribute("aria-sort", this.#sorted.descending ? "descending" : "ascending");
    });
    this.#page = 0;
    this.#draw();
  }

  #order() {
    const { column, descending } = this.#sorted;
    if (column < 0) return;
    const sign = descending ? -1 : 1;
    this.#shown = this.#shown.toSorted((a, b) => sign * this.#compare(a[column], b[column]));
  }

  /** Numbers by their size, days by their date, the rest by its words; what is unbound first. */
  #compare(a, b) {
    if (a === null || b === null) return (a !== null) - (b !== null);
    if (isNumber(a) && isNumber(b)) return Number(a.value) - Number(b.value);
    if (a.type === "literal" && b.type === "literal") return collator.compare(a.value, b.value);
    return collator.compare(text(a, this.#labels), text(b, this.#labels));
  }

  #filter(words) {
    const wanted = words.toLocaleLowerCase(lang).split(/\s+/).filter(Boolean);
    const has = (term, word) =>
      term !== null &&
      (term.value.toLocaleLowerCase(lang).includes(word) ||
        text(term, this.#labels).toLocaleLowerCase(lang).includes(word));
    this.#shown = this.#answer.rows.filter((row) =>
      wanted.every((word) => row.some((term) => has(term, word))),
    );
    this.#page = 0;
    this.#order();
    this.#draw();
  }

  #draw() {
    const rows = this.#shown.slice(this.#page * PAGE, (this.#page + 1) * PAGE);
    const total = this.#answer.rows.length;
    const number = count(this.#answer.kind === "graph" ? "triples" : "rows", total);
    this.#caption.textContent =
      this.#shown.length === total ? number : say("found", write(this.#shown.length), number);
    this.#fill(rows);
    this.#turn();
    const iris = rows.flat().filter((term) => term?.type === "uri");
    const unknown = iris.filter((term) => !this.#labels.get(term.value)).map((term) => term.value);
    if (unknown.length > 0) {
      this.#labels.learn(unknown).then(() => {
        if (unknown.some((iri) => this.#labels.get(iri))) this.#fill(rows);
      });
    }
  }

  #fill(rows) {
    const lines = rows.map((row) =>
      make(
        "tr",
        {},
        ...row.map((term) =>
          make("td", { className: isNumber(term) ? "num" : "" }, show(term, this.#labels)),
        ),
      ),
    );
    this.#body.replaceChildren(...lines);
  }

  #turn() {
    const last = Math.max(Math.ceil(this.#shown.length / PAGE), 1);
    this.#pager.hidden = last === 1;
    const to = (page, words) => {
      const button = make("button", { type: "button", className: "quiet", textContent: words });
      button.disabled = page < 0 || page >= last;
      button.addEventListener("click", () => {
        this.#page = page;
        this.#draw();
      });
      return button;
    };
    this.#pager.replaceChildren(
      to(this.#page - 1, `← ${say("previous")}`),
      make("span", { textContent: say("page", write(this.#page + 1), write(last)) }),
      to(this.#page + 1, `${say("next")} →`),
    );
  }
}
