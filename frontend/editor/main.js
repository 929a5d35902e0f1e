/** Turns the plain form of the SPARQL page into an editor; the form works without it. */

import Yasqe from "@zazuko/yasqe";

import { address, ask, Refused } from "../answers/answer.js";
import { Completion } from "./completion.js";
import { make } from "../shared/elements.js";
import { Results } from "./results.js";
import { learn, say } from "../shared/words.js";
import "./main.css";

const GRAPHS = ["default-graph-uri", "named-graph-uri"];
const PLACE = /^line (\d+):(\d+)/;

/** An editor over a form. */
class Editor {
  #block = document.getElementById("ask");
  #form = this.#block.querySelector("form");
  #field = document.getElementById("query");
  #run = this.#form.querySelector("button");
  #stop = make("button", { type: "button", className: "quiet", hidden: true });
  #share = make("button", { type: "button", className: "quiet" });
  #status = make("p", { className: "small soft", role: "status" });
  #yasqe;
  #results;
  #running = null;
  #search = location.search;
  #graphs = [...new URLSearchParams(location.search)].filter(([name]) => GRAPHS.includes(name));

  start() {
    const { words, mapWords, terms, labels, base, tiles, credit, closest } = this.#block.dataset;
    learn(mapWords);
    learn(words);
    this.#results = new Results(document.getElementById("answer"), {
      endpoint: this.#form.action,
      labels,
      background: { base, tiles, credit, closest },
    });
    this.#yasqe = mount(this.#field, {
      "Ctrl-Enter": () => this.run(),
      "Cmd-Enter": () => this.run(),
      "Ctrl-Space": () => completion.show(),
      Esc: () => this.#run.focus(),
    });
    const completion = new Completion(this.#yasqe, terms);
    this.#yasqe.on("change", () => {
      this.#field.value = this.#yasqe.getValue();
      this.#unmark();
    });
    this.#buttons();
    this.#examples();
    this.#snippets();
    // A link within the page is no other query.
    window.addEventListener("popstate", () => location.search === this.#search || location.reload());
    document.getElementById("error")?.remove();
    if ("asked" in this.#block.dataset) this.run({ move: false });
  }

  /** Runs what the editor holds; the address of the page becomes that of the query. */
  async run({ move = true } = {}) {
    const query = this.#yasqe.getValue();
    if (query.trim() === "") return;
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    this.#busy(true);
    this.#results.age();
    if (move) this.#move(query);
    try {
      const answer = await ask(
        this.#form.action,
        query,
        this.#yasqe.getQueryType(),
        this.#graphs,
        running.signal,
      );
      this.#unmark();
      this.#results.show(answer, query, this.#graphs);
      this.#status.textContent = "";
    } catch (error) {
      if (this.#running !== running) return;
      this.#failed(error);
    } finally {
      if (this.#running === running) this.#busy(false);
    }
  }

  #failed(error) {
    this.#status.textContent = "";
    if (error.name === "AbortError") {
      this.#results.clear();
      this.#status.textContent = say("stopped");
    } else if (error instanceof Refused) this.#results.refuse(error.message, this.#mark(error.message));
    else this.#results.refuse(say("unreachable"), null);
  }

  #busy(busy) {
    this.#stop.hidden = !busy;
    this.#form.setAttribute("aria-busy", busy);
    if (busy) this.#status.textContent = say("running");
  }

  /** Makes the address that of the query; one too long for an address leaves it as it is. */
  #move(query) {
    const page = new URL(location.href);
    const lang = page.searchParams.get("lang");
    const found = address(this.#form.action, query, this.#graphs, lang ? { lang } : {});
    if (found !== null && new URL(found).search !== location.search) history.pushState(null, "", found);
    this.#search = location.search;
    this.#share.disabled = found === null;
    this.#share.title = found === null ? say("long") : "";
  }

  #buttons() {
    this.#stop.textContent = say("stop");
    this.#share.textContent = say("share");
    document.getElementById("formats").remove();
    this.#run.after(this.#stop, this.#share);
    this.#form.append(make("p", { className: "small soft keys", textContent: say("keys") }), this.#status);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.#stop.addEventListener("click", () => this.#running?.abort());
    this.#share.addEventListener("click", async () => {
      this.#move(this.#yasqe.getValue());
      if (this.#share.disabled) return;
      await navigator.clipboard.writeText(location.href);
      this.#share.textContent = say("shared");
      setTimeout(() => (this.#share.textContent = say("share")), 2000);
    });
    // Only an address served over HTTPS, or this machine's, lets a page write to the clipboard.
    if (!navigator.clipboard) this.#share.remove();
  }

  /** Examples go into the editor, where one click runs them and Ctrl+Z brings back what was. */
  #examples() {
    document.getElementById("example-list").addEventListener("click", async (event) => {
      const link = event.target.closest("a[data-text]");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const answer = await fetch(link.dataset.text).catch(() => null);
      if (!answer?.ok) {
        location.assign(link.href);
        return;
      }
      this.#yasqe.setValue(await answer.text());
      this.#results.clear();
      this.#form.scrollIntoView({ block: "start" });
      this.#run.focus({ preventScroll: true });
    });
  }

  /** The program that asks the query, written anew when it is looked at. */
  #snippets() {
    const block = document.getElementById("snippets");
    const write = async () => {
      const body = new URLSearchParams({ query: this.#yasqe.getValue() });
      const answer = await fetch(this.#block.dataset.snippets, { method: "POST", body }).catch(() => null);
      if (!answer?.ok) return;
      for (const [name, text] of Object.entries(await answer.json())) {
        block.querySelector(`[data-snippet=${name}]`).textContent = text;
      }
    };
    block.addEventListener("toggle", (event) => event.target.open && write(), { capture: true });
    this.#yasqe.on("blur", () => block.querySelector("details[open]") && write());
  }

  /** Marks the place that the server could not read, and gives a button that goes there. */
  #mark(message) {
    const found = PLACE.exec(message);
    if (found === null) return null;
    const [line, ch] = [Number(found[1]) - 1, Number(found[2]) - 1];
    this.#yasqe.addLineClass(line, "background", "refused");
    const button = make("button", {
      type: "button",
      className: "quiet",
      textContent: `${line + 1}:${ch + 1}`,
    });
    button.addEventListener("click", () => {
      this.#yasqe.focus();
      this.#yasqe.getDoc().setCursor({ line, ch });
    });
    return button;
  }

  #unmark() {
    this.#yasqe.eachLine((line) => this.#yasqe.removeLineClass(line, "background", "refused"));
  }
}

/** YASQE over a text field, told to ask nothing of other hosts and to keep nothing. */
function mount(field, extraKeys) {
  Yasqe.defaults.autocompleters = [];
  Yasqe.prototype.checkSyntax = checkSyntax;
  const place = make("div", { className: "editor" });
  field.before(place);
  field.hidden = true;
  field.required = false;
  const yasqe = new Yasqe(place, {
    value: field.value,
    autocompleters: [],
    showQueryButton: false,
    createShareableLink: null,
    consumeShareLink: null,
    persistenceId: null,
    resizeable: false,
    highlightSelectionMatches: { showToken: false },
    editorHeight: "auto",
    viewportMargin: Number.POSITIVE_INFINITY,
    screenReaderLabel: say("editor"),
    extraKeys: { ...extraKeys, "Ctrl-S": false },
  });
  document.querySelector(`label[for=${field.id}]`).addEventListener("click", () => yasqe.focus());
  yasqe.clearHistory();
  return yasqe;
}

/** YASQE's check, telling the place in the page's language and without markup in a string. */
function checkSyntax() {
  this.queryValid = true;
  this.clearGutter("gutterErrorBar");
  for (let line = 0; line < this.lineCount(); line += 1) {
    const { state } = this.getTokenAt({ line, ch: this.getLine(line).length }, true);
    this.setOption("queryType", state.queryType);
    if (state.OK !== false) continue;
    this.queryValid = false;
    const title = say("syntax", line + 1);
    this.setGutterMarker(
      line,
      "gutterErrorBar",
      make("span", { className: "amiss", title, textContent: "!" }),
    );
    return;
  }
}

/** Loads the style first, so that nothing is seen bare. */
async function load(href) {
  const link = make("link", { rel: "stylesheet", href });
  const loaded = new Promise((done, failed) => {
    link.addEventListener("load", done);
    link.addEventListener("error", failed);
  });
  document.head.append(link);
  await loaded;
}

await load(document.getElementById("ask").dataset.style);
new Editor().start();
