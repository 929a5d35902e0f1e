/** Terms of an answer as a reader sees them: labels, links, numbers and days in the page's way. */

import { isNumber } from "./answer.js";
import { make } from "../shared/elements.js";
import { dated, lang, say, write } from "../shared/words.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const AT_A_TIME = 400;

/** What IRIs are called, asked of the server as they come into view. */
export class Labels {
  #address;
  #known = new Map();

  constructor(address) {
    this.#address = address;
  }

  /** `{text, lang, href}` of an IRI, or undefined while it is not known. */
  get(iri) {
    return this.#known.get(iri);
  }

  /** Learns those of these IRIs that are not known yet; a failure leaves the IRIs as they are. */
  async learn(iris) {
    const wanted = [...new Set(iris)].filter((iri) => !this.#known.has(iri));
    for (let at = 0; at < wanted.length; at += AT_A_TIME) {
      const body = new URLSearchParams(wanted.slice(at, at + AT_A_TIME).map((iri) => ["iri", iri]));
      try {
        const answer = await fetch(this.#address, { method: "POST", body });
        if (!answer.ok) return;
        for (const [iri, label] of Object.entries(await answer.json())) this.#known.set(iri, label);
      } catch {
        return;
      }
    }
  }
}

/** A term in words, by its label where that is known. */
export function text(term, labels) {
  if (term === null) return "";
  if (term.type === "uri") return labels.get(term.value)?.text ?? term.value;
  if (term.type === "bnode") return `_:${term.value}`;
  if (isNumber(term)) return write(term.value);
  if (term.datatype === `${XSD}date` && DAY.test(term.value)) return dated(term.value);
  if (term.datatype === `${XSD}boolean`) return say(/^(?:true|1)$/.test(term.value) ? "yes" : "no");
  return term.value;
}

/** The content of a cell: a link for an IRI, our page of it where there is one. */
export function show(term, labels) {
  if (term === null) return "";
  if (term.type !== "uri") {
    const foreign = term.lang && term.lang !== lang ? term.lang : undefined;
    return make("span", { textContent: text(term, labels), lang: foreign });
  }
  const known = labels.get(term.value);
  const href = known ? known.href : /^https?:\/\//.test(term.value) ? term.value : null;
  const properties = { textContent: text(term, labels), title: term.value, lang: known?.lang };
  return href ? make("a", { ...properties, href }) : make("span", properties);
}
