/** What may stand at a place of a query, out of the terms of the graph; the likeliest first. */

import { declared, locate, variables } from "./statement.js";

const TAKE_CLASSES = new Set([
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
  "http://www.w3.org/2000/01/rdf-schema#domain",
  "http://www.w3.org/2000/01/rdf-schema#range",
  "http://www.w3.org/2000/01/rdf-schema#subClassOf",
]);
const MOST = 60;
const LOCAL_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/**
 * Suggestions at `offset` of a query: `{start, end, list}`, each of the list
 * `{text, prefix, label, count, fits}`: what to write, the prefix it needs declared, and why.
 * `terms` is what the server told; `lang` is the language of the labels.
 */
export function suggest(query, offset, terms, lang) {
  const place = locate(query, offset, terms.prefixes);
  const { word, start, end, position } = place;
  const list =
    word.startsWith("?") || word.startsWith("$")
      ? variables(query, offset)
          .filter((name) => name.startsWith(word) && name !== word)
          .map((text) => ({ text }))
      : position === "prefix"
        ? prefixes(word, terms.prefixes)
        : graphTerms(query, place, terms, lang);
  return { start, end, list: list.slice(0, MOST) };
}

function prefixes(word, known) {
  return Object.entries(known)
    .filter(([prefix]) => prefix.startsWith(word.replace(/:.*/, "")))
    .map(([prefix, namespace]) => ({ text: `${prefix}: <${namespace}>` }));
}

function graphTerms(query, place, terms, lang) {
  const entries = candidates(place, terms);
  if (entries === null) return [];
  const here = declared(query);
  // Those of the query come first: they win over ours for the same namespace.
  const namespaces = { ...here, ...terms.prefixes, ...here };
  const colon = place.word.startsWith("<") ? -1 : place.word.indexOf(":");
  const within = colon < 0 ? "" : namespaces[place.word.slice(0, colon)];
  if (within === undefined) return [];
  const typed = fold(place.word.replace(/^</, "").slice(colon + 1));
  const own = place.position === "predicate" ? fields(place.classes, terms) : [];
  const found = [];
  for (const entry of [...own, ...entries.filter(({ iri }) => !own.some((field) => field.iri === iri))]) {
    if (!entry.iri.startsWith(within)) continue;
    const { text, prefix } = written(entry.iri, namespaces, place.word.startsWith("<"));
    const label = entry[lang] || entry.fr || entry.en || "";
    const rank = match(typed, entry.iri, text, label);
    const fits = own.includes(entry);
    if (rank > 0 && text !== place.word) found.push({ text, prefix, label, count: entry.count, fits, rank });
  }
  // The fields of a class, and the concepts of a scheme, keep the order that they are told in.
  const told = (entry) => entry.fits || entry.count === undefined;
  return found.sort(
    (a, b) => b.fits - a.fits || (told(a) && told(b) ? 0 : b.rank - a.rank || b.count - a.count),
  );
}

/**
 * What the shapes say of these classes, in the shapes' order and by their names, then the other
 * properties that their entities have.
 */
function fields(classes, terms) {
  const known = terms.classes.filter((entry) => classes.includes(entry.iri));
  const found = new Map();
  const counts = new Map(terms.properties.map(({ iri, count }) => [iri, count]));
  for (const place of known.flatMap((entry) => entry.fields)) {
    const field = terms.fields[place];
    if (!found.has(field.iri)) found.set(field.iri, { ...field, count: counts.get(field.iri) ?? 0 });
  }
  for (const place of known.flatMap((entry) => entry.properties)) {
    const property = terms.properties[place];
    if (!found.has(property.iri)) found.set(property.iri, property);
  }
  return [...found.values()];
}

/** The concepts that a property takes, by the shapes of the subject's classes, else by any. */
function concepts({ predicate, classes }, terms) {
  const known = terms.classes.filter((entry) => classes.includes(entry.iri));
  const own = known.flatMap((entry) => entry.fields.map((place) => terms.fields[place]));
  const field = [...own, ...terms.fields].find(({ iri, scheme }) => iri === predicate && scheme);
  return field && terms.concepts[field.scheme];
}

/** The terms that the place can hold; null where nothing can be told. */
function candidates(place, terms) {
  const { position, predicate, word } = place;
  if (position === "predicate") return terms.properties;
  if (position === "graph") return terms.graphs;
  if (position === "object" && TAKE_CLASSES.has(predicate)) return terms.classes;
  const offered = position === "object" && predicate && concepts(place, terms);
  if (offered) return offered;
  if (position === "text" || !word.includes(":")) return null;
  return [...terms.classes, ...terms.properties];
}

/** How well a term answers what was typed: 3 its name begins so, 2 its label, 1 a part, 0 not. */
function match(typed, iri, text, label) {
  const name = fold(text.includes(":") && !text.startsWith("<") ? text.slice(text.indexOf(":") + 1) : iri);
  const words = fold(label);
  if (name.startsWith(typed) || fold(text).startsWith(typed)) return 3;
  if (words.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(typed)) || words.startsWith(typed))
    return 2;
  return typed.length > 2 && (name.includes(typed) || words.includes(typed)) ? 1 : 0;
}

/** An IRI as a query writes it: `{text, prefix}`, with the longest namespace that fits. */
function written(iri, namespaces, whole) {
  const [prefix, namespace] = Object.entries(namespaces)
    .filter(([, space]) => iri.startsWith(space) && LOCAL_NAME.test(iri.slice(space.length)))
    .reduce((best, one) => (one[1].length > best[1].length ? one : best), ["", ""]);
  if (whole || namespace === "") return { text: `<${iri}>`, prefix: "" };
  return { text: `${prefix}:${iri.slice(namespace.length)}`, prefix };
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
