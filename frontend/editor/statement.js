/**
 * Where in a query a place is: in what statement, in what part of it, about what subject.
 * Reads unfinished queries too, which a parser would refuse.
 */

const TOKENS = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    '(?<iri><[^<>"{}|^`\\\\\\s]*>?)',
    "(?<string>\"\"\"(?:[^\"\\\\]|\\\\.|\"(?!\"\"))*(?:\"\"\")?|'''(?:[^'\\\\]|\\\\.|'(?!''))*(?:''')?" +
      "|\"(?:[^\"\\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\\n]|\\\\.)*'?)",
    "(?<variable>[?$][\\p{L}\\p{N}_]+)",
    "(?<tag>@[A-Za-z-]+)",
    "(?<prefixed>[\\p{L}_][\\p{L}\\p{N}_.-]*:(?:[\\p{L}\\p{N}_:-]|%[0-9A-Fa-f]{2}|\\\\.|\\.(?=[\\p{L}\\p{N}_-]))*" +
      "|:(?:[\\p{L}\\p{N}_-]|\\.(?=[\\p{L}\\p{N}_-]))+)",
    "(?<number>[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)",
    "(?<word>[\\p{L}_][\\p{L}\\p{N}_-]*)",
    "(?<mark>\\^\\^|&&|\\|\\||[!<>]=|\\S)",
  ].join("|"),
  "gu",
);
/** What comes after each keyword that may stand in a group or around one. */
const KEYWORDS = {
  ...Object.fromEntries(
    ["WHERE", "OPTIONAL", "UNION", "MINUS", "CONSTRUCT", "ASK", "EXISTS"].map((word) => [word, "subject"]),
  ),
  ...Object.fromEntries(
    ["SELECT", "DESCRIBE", "FILTER", "BIND", "HAVING", "GROUP", "ORDER", "BY", "LIMIT", "OFFSET", "NOT"].map(
      (word) => [word, "expression"],
    ),
  ),
  PREFIX: "prefix",
  BASE: "prefix",
  GRAPH: "graph",
  FROM: "graph",
  NAMED: "graph",
  VALUES: "data",
};
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/** The tokens of a query: `{kind, text, start, end}` each; comments are left out on request. */
export function tokens(query, { comments = false } = {}) {
  const found = [];
  for (const match of query.matchAll(TOKENS)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    if (kind === "comment" && !comments) continue;
    found.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The prefixes that a query declares: prefix -> namespace. */
export function declared(query) {
  const found = {};
  const all = tokens(query);
  for (let at = 0; at + 2 < all.length; at += 1) {
    if (!isWord(all[at], "PREFIX") || all[at + 2].kind !== "iri") continue;
    found[all[at + 1].text.slice(0, -1)] = all[at + 2].text.slice(1, -1);
  }
  return found;
}

/** The prefixes that a query uses, in their order, whether declared or not. */
export function used(query) {
  const all = tokens(query);
  const names = all
    .filter((token, at) => token.kind === "prefixed" && !isWord(all[at - 1], "PREFIX"))
    .map((token) => token.text.slice(0, token.text.indexOf(":")));
  return [...new Set(names)];
}

/** The variables of a query, in their order, but for the one written at `offset`. */
export function variables(query, offset) {
  const found = tokens(query).filter(
    ({ kind, start, end }) => kind === "variable" && !(start < offset && offset <= end),
  );
  return [...new Set(found.map((token) => token.text))];
}

/**
 * What stands at `offset`: `{word, start, end, position, predicate, classes}`.
 * `position` is subject, predicate, object, graph, prefix, text (inside a comment or a string)
 * or expression; `classes` are the IRIs of the classes that the query gives the subject.
 */
export function locate(query, offset, known) {
  const prefixes = { ...known, ...declared(query) };
  const walk = new Walk(prefixes);
  let here = null;
  for (const token of tokens(query, { comments: true })) {
    if (here === null && token.start >= offset)
      here = { word: "", start: offset, end: offset, ...walk.place };
    const inside = token.start < offset && offset <= token.end;
    if (inside && (token.kind === "comment" || (token.kind === "string" && !closed(token, offset)))) {
      return { word: "", start: offset, end: offset, position: "text", predicate: "", classes: [] };
    }
    if (inside && token.kind !== "mark" && token.kind !== "string") {
      here = {
        word: token.text.slice(0, offset - token.start),
        start: token.start,
        end: token.end,
        ...walk.place,
      };
    }
    if (token.kind !== "comment") walk.take(token);
  }
  here ??= { word: "", start: offset, end: offset, ...walk.place };
  const { subject, ...rest } = here;
  return { ...rest, classes: [...(walk.classes.get(subject) ?? [])] };
}

/** The IRI of a term as written, "" for one that is none. */
export function expand(term, prefixes) {
  if (term === "a") return TYPE;
  if (term.startsWith("<")) return term.replace(/^<|>$/g, "");
  const colon = term.indexOf(":");
  const namespace = colon < 0 ? undefined : prefixes[term.slice(0, colon)];
  return namespace === undefined ? "" : namespace + term.slice(colon + 1);
}

/** Reads a query from its start, keeping the statement that it is in. */
class Walk {
  #frames = [frame("group", "subject")];
  #nodes = 0;
  #before = "";

  constructor(prefixes) {
    this.prefixes = prefixes;
    this.classes = new Map();
  }

  get place() {
    const { expects, subject, predicate, further } = this.#top;
    // What a path goes on from is not of the subject's class.
    return {
      position: expects,
      subject: further ? "" : subject,
      predicate: expand(predicate, this.prefixes),
    };
  }

  get #top() {
    return this.#frames.at(-1);
  }

  take(token) {
    const top = this.#top;
    const keyword = token.kind === "word" && KEYWORDS[token.text.toUpperCase()];
    if (token.kind === "mark") this.#mark(token.text, top);
    else if (top.expects === "prefix") top.expects = token.kind === "iri" ? "subject" : "prefix";
    else if (keyword && top.kind !== "expression") top.expects = keyword;
    else if (token.kind !== "tag" && this.#before !== "^^") this.#term(token.text, top);
    this.#before = token.text;
  }

  #term(text, top) {
    if (top.expects === "graph" || top.expects === "end") top.expects = "subject";
    else if (top.expects === "subject")
      Object.assign(top, { subject: text, predicate: "", expects: "predicate" });
    else if (top.expects === "predicate") Object.assign(top, { predicate: text, expects: "object" });
    else if (top.expects === "object") {
      if (expand(top.predicate, this.prefixes) === TYPE && !top.further) this.#classify(top.subject, text);
      Object.assign(top, { expects: "end", further: false });
    }
  }

  #classify(subject, text) {
    const iri = expand(text, this.prefixes);
    if (!iri) return;
    if (!this.classes.has(subject)) this.classes.set(subject, new Set());
    this.classes.get(subject).add(iri);
  }

  #mark(mark, top) {
    if (mark === "{") {
      const data = top.expects === "data" || top.kind === "expression";
      top.expects = "subject";
      this.#frames.push(data ? frame("expression", "expression") : frame("group", "subject"));
    } else if (mark === "[") {
      this.#nodes += 1;
      this.#frames.push(frame("node", "predicate", `[${this.#nodes}`));
    } else if (mark === "(") {
      const path = top.expects === "predicate";
      this.#frames.push(path ? { ...top, kind: "path" } : frame("expression", "expression"));
    } else if (mark === "}" || mark === "]" || mark === ")") {
      this.#close(mark);
    } else if (top.kind !== "expression") {
      separate(mark, top);
    }
  }

  #close(mark) {
    if (this.#frames.length === 1) return;
    const { kind, subject } = this.#frames.pop();
    const top = this.#top;
    if (mark === "}") top.expects = top.kind === "expression" ? "expression" : "subject";
    else if (kind === "node") this.#term(subject, top);
    else if (kind === "path") Object.assign(top, { predicate: "", expects: "object" });
    else if (top.kind !== "expression" && top.expects === "expression") top.expects = "subject";
  }
}

function frame(kind, expects, subject = "") {
  return { kind, expects, subject, predicate: "", further: false };
}

function separate(mark, top) {
  if (mark === ".") Object.assign(top, { expects: "subject", further: false });
  else if (mark === ";") Object.assign(top, { expects: "predicate", further: false });
  else if (mark === ",") Object.assign(top, { expects: "object" });
  else if ("/|".includes(mark) && top.expects === "object") {
    Object.assign(top, { expects: "predicate", predicate: "", further: top.further || mark === "/" });
  }
}

function isWord(token, word) {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

function closed({ text, end }, offset) {
  return offset === end && text.length > 1 && text.at(-1) === text[0];
}
