/** Completes what is typed in the editor from the terms of the graph, and declares prefixes. */

import { declared, used } from "./statement.js";
import { suggest } from "./suggestions.js";
import { make } from "../shared/elements.js";
import { lang, say, write } from "../shared/words.js";

const NOTHING = { prefixes: {}, classes: [], properties: [], graphs: [], fields: [], concepts: {} };
const ASKED_FOR = /[\p{L}\p{N}?$:<]$/u;

/**
 * Completion of an editor. The terms come from `address`, once, when the editor is first used;
 * without them, variables are completed all the same.
 */
export class Completion {
  #editor;
  #terms = NOTHING;

  constructor(editor, address) {
    this.#editor = editor;
    this.#load(address);
    editor.on("inputRead", (_, change) => this.#typed(change));
  }

  /** Shows what may stand at the cursor. */
  show() {
    const editor = this.#editor;
    const found = this.#suggestions();
    if (found.list.length === 0) return;
    editor.showHint({
      completeSingle: false,
      closeCharacters: /[\s>"(){};,]/,
      container: editor.rootEl,
      // A promise, since YASQE's own object may not draw within an operation of CodeMirror.
      hint: async () => this.#hints(),
    });
  }

  async #load(address) {
    try {
      const answer = await fetch(address);
      if (answer.ok) this.#terms = await answer.json();
    } catch {
      // Without a network the query cannot run either, and that is told when it is tried.
    }
  }

  #suggestions() {
    const document = this.#editor.getDoc();
    const offset = document.indexFromPos(document.getCursor());
    return suggest(document.getValue(), offset, this.#terms, lang);
  }

  #hints() {
    const document = this.#editor.getDoc();
    const { start, end, list } = this.#suggestions();
    return {
      from: document.posFromIndex(start),
      to: document.posFromIndex(end),
      list: list.map((found) => ({
        text: found.text,
        render: (element) => draw(element, found),
        hint: (_, data) => {
          document.replaceRange(found.text, data.from, data.to, "complete");
          if (found.prefix) this.#declare([found.prefix]);
        },
      })),
    };
  }

  #typed(change) {
    const text = change.text.join("\n");
    if (change.origin === "paste") this.#declare(used(text));
    else if (text === ":") this.#declare([this.#word().slice(0, -1)]);
    if (change.origin === "+input" && ASKED_FOR.test(text)) this.show();
  }

  /** The name before the cursor. */
  #word() {
    const document = this.#editor.getDoc();
    const { line, ch } = document.getCursor();
    const before = document.getLine(line).slice(0, ch);
    return /PREFIX\s+\S*$/i.test(before) ? "" : (/[\p{L}\p{N}_.-]*:$/u.exec(before)?.[0] ?? "");
  }

  /** Declares those of these prefixes that the project knows and the query does not declare. */
  #declare(prefixes) {
    const document = this.#editor.getDoc();
    const query = document.getValue();
    const here = declared(query);
    const lines = prefixes
      .filter((prefix) => !(prefix in here) && prefix in this.#terms.prefixes)
      .map((prefix) => `PREFIX ${prefix}: <${this.#terms.prefixes[prefix]}>\n`);
    if (lines.length === 0) return;
    document.replaceRange(lines.join(""), { line: lineForPrefixes(query), ch: 0 }, undefined, "+prefix");
  }
}

/** The line below the last declaration, or below the comments at the top. */
function lineForPrefixes(query) {
  const lines = query.split("\n");
  const last = lines.findLastIndex((line) => /^\s*(?:PREFIX|BASE)\s/i.test(line));
  if (last >= 0) return last + 1;
  const first = lines.findIndex((line) => !line.startsWith("#"));
  return Math.max(first, 0);
}

function draw(element, { text, label, count, fits }) {
  element.append(make("span", { className: "hint-text", textContent: text }));
  if (label) element.append(make("span", { className: "hint-label", textContent: label }));
  if (count !== undefined) {
    const title = say("uses", write(count));
    element.append(make("span", { className: "hint-count", textContent: write(count), title }));
  }
  if (fits) element.classList.add("hint-fits");
}
