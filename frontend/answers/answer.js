/** Sends a query and reads what comes back. */

const LONGEST_ADDRESS = 8000;
const GRAPH_FORMS = new Set(["CONSTRUCT", "DESCRIBE"]);
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  [
    "integer",
    "int",
    "long",
    "short",
    "nonNegativeInteger",
    "positiveInteger",
    "decimal",
    "double",
    "float",
  ].map((name) => XSD + name),
);
const NODE = "<([^>]*)>|_:(\\S+)";
const STATEMENT = new RegExp(
  `^(?:${NODE})\\s+<([^>]*)>\\s+(?:${NODE}|"((?:[^"\\\\]|\\\\.)*)"(?:@([A-Za-z0-9-]+)|\\^\\^<([^>]*)>)?)\\s*\\.$`,
);
const ESCAPES = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

/** A query that was refused or failed: `message` is the server's, `status` its HTTP status. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The address of a query, null if it would be too long to be counted on. */
export function address(endpoint, query, graphs, more = {}) {
  const written = new URLSearchParams([...graphs, ["query", query], ...Object.entries(more)]);
  const found = new URL(endpoint, location.href);
  found.search = written;
  return found.href.length - found.origin.length <= LONGEST_ADDRESS ? found.href : null;
}

/** Sends a query with more parameters, by GET where its address is short enough: it may be kept. */
export async function send(endpoint, query, graphs, more, signal) {
  const short = address(endpoint, query, graphs, more);
  if (short !== null) return fetch(short, { signal });
  const body = new URLSearchParams([...graphs, ["query", query], ...Object.entries(more)]);
  return fetch(endpoint, { method: "POST", body, signal });
}

/**
 * The answer to a query: `{kind, columns, rows, truth, text, cut, seconds}`.
 * `kind` is table, truth or graph; a term of a row is null or
 * `{type: "uri" | "literal" | "bnode" | "triple", value, lang, datatype}`; `text` is the response
 * as it came; `cut` is the header that tells that the server left something out, else null.
 * Throws Refused.
 */
export async function ask(endpoint, query, form, graphs, signal) {
  // The format is in the address: a browser that goes back must not find JSON in place of the page.
  const format = GRAPH_FORMS.has(form) ? "nt" : "json";
  const started = performance.now();
  const response = await send(endpoint, query, graphs, { format }, signal);
  const text = await response.text();
  if (!response.ok) throw new Refused(problem(text, response), response.status);
  const seconds = (performance.now() - started) / 1000;
  const cut = response.headers.get("Essgraph-Truncated");
  return { ...(format === "nt" ? graph(text) : table(text)), text, cut, seconds };
}

/** The answer that a response in JSON holds, as `ask` gives it. Throws Refused. */
export async function read(response) {
  const text = await response.text();
  if (!response.ok) throw new Refused(problem(text, response), response.status);
  return table(text);
}

/** Whether a term is a number that can be reckoned with. */
export function isNumber(term) {
  return term?.type === "literal" && NUMBERS.has(term.datatype) && Number.isFinite(Number(term.value));
}

function problem(text, response) {
  try {
    const { detail, title } = JSON.parse(text);
    return detail ?? title;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}

function table(text) {
  const { head, boolean, results } = JSON.parse(text);
  if (boolean !== undefined) return { kind: "truth", columns: [], rows: [], truth: boolean };
  const rows = results.bindings.map((row) => head.vars.map((name) => (row[name] ? term(row[name]) : null)));
  return { kind: "table", columns: head.vars, rows };
}

function term({ type, value, datatype, "xml:lang": lang }) {
  if (type !== "triple") return { type: type === "typed-literal" ? "literal" : type, value, lang, datatype };
  const parts = [value.subject, value.predicate, value.object].map((part) => term(part).value);
  return { type, value: `<<( ${parts.join(" ")} )>>` };
}

/** N-Triples as rows; a line with a term that is neither IRI, blank node nor literal is left out. */
function graph(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    const found = STATEMENT.exec(line);
    if (found === null) continue;
    const [, iri, node, predicate, toIri, toNode, literal, lang, datatype] = found;
    const object =
      literal === undefined
        ? resource(toIri, toNode)
        : { type: "literal", value: plain(literal), lang, datatype };
    rows.push([resource(iri, node), { type: "uri", value: plain(predicate) }, object]);
  }
  return { kind: "graph", columns: ["subject", "predicate", "object"], rows };
}

function resource(iri, node) {
  return iri === undefined ? { type: "bnode", value: node } : { type: "uri", value: plain(iri) };
}

function plain(text) {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
    one === undefined ? String.fromCodePoint(Number.parseInt(four ?? eight, 16)) : (ESCAPES[one] ?? one),
  );
}
