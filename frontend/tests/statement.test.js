import assert from "node:assert/strict";
import test from "node:test";

import { declared, locate, tokens, used, variables } from "../editor/statement.js";

const EX = "http://example.org/";
const KNOWN = { ex: EX };

/** What stands at the `|` of a query. */
function at(query) {
  const offset = query.indexOf("|");
  return locate(query.replace("|", ""), offset, KNOWN);
}

const POSITIONS = [
  ["SELECT * WHERE { |", "subject"],
  ["SELECT * WHERE { ?s | }", "predicate"],
  ["SELECT * WHERE { ?s spat| ?o }", "predicate"],
  ["SELECT * WHERE { ?s ex:p | }", "object"],
  ["SELECT * WHERE { ?s ex:p ?o ; | }", "predicate"],
  ["SELECT * WHERE { ?s ex:p ?o , | }", "object"],
  ["SELECT * WHERE { ?s ex:p ?o . ?t | }", "predicate"],
  ["SELECT * WHERE { ?s ex:p [ | ] }", "predicate"],
  ["SELECT * WHERE { ?s ex:p [ ex:q ?o ] ; | }", "predicate"],
  ["SELECT * WHERE { ?s (ex:p|ex:q) | }".replace("p|ex", "p/ex"), "object"],
  ["SELECT * WHERE { ?s ex:p/| }", "predicate"],
  ['SELECT * WHERE { ?s ex:p "a.b;c"@fr ; | }', "predicate"],
  ['SELECT * WHERE { ?s ex:p "1"^^ex:int ; | }', "predicate"],
  ['SELECT * WHERE { FILTER regex(?x, "a") ?s | }', "predicate"],
  ["SELECT * WHERE { FILTER(?x > |) }", "expression"],
  ["SELECT * WHERE { VALUES (?a ?b) { (ex:a ex:b) } ?s | }", "predicate"],
  ["SELECT * WHERE { OPTIONAL { ?s ex:p ?o } ?t | }", "predicate"],
  ["SELECT ?a (COUNT(*) AS ?n) WHERE { ?s | }", "predicate"],
  ["SELECT * FROM | WHERE { }", "graph"],
  ["SELECT * WHERE { GRAPH | { ?s ?p ?o } }", "graph"],
  ["SELECT * WHERE { GRAPH ex:g { ?s | } }", "predicate"],
  ["PREFIX |", "prefix"],
  ['SELECT * WHERE { ?s ex:p "in a |string" }', "text"],
  ["SELECT * WHERE { # ?s |\n }", "text"],
];

for (const [query, position] of POSITIONS) {
  test(`${query} expects ${position}`, () => {
    assert.equal(at(query).position, position);
  });
}

test("a word is what was written of it before the cursor", () => {
  const { word, start, end } = at("SELECT * { ?s ex:na|me ?o }");

  assert.deepEqual([word, start, end], ["ex:na", 14, 21]);
});

test("the classes of the subject are found before and after the place", () => {
  assert.deepEqual(at("PREFIX f: <http://f/> SELECT * { ?s a f:A ; | }").classes, ["http://f/A"]);
  assert.deepEqual(at("SELECT * { ?s | . ?t a ex:No . ?s a ex:B }").classes, [`${EX}B`]);
});

test("a path leads away from the subject's classes", () => {
  assert.deepEqual(at("SELECT * { ?s a ex:A ; ex:p/| }").classes, []);
});

test("the predicate of an object is its IRI", () => {
  assert.match(at("SELECT * { ?s a | }").predicate, /#type$/);
  assert.equal(at("SELECT * { ?s ex:p | }").predicate, `${EX}p`);
});

test("prefixes are those declared, those used those that names begin with", () => {
  const query = 'PREFIX a: <http://a/>\nSELECT * { ?s a:b/c:d "e:f" . # g:h\n <i:j> ex:k.l ?m . }';

  assert.deepEqual(declared(query), { a: "http://a/" });
  assert.deepEqual(used(query), ["a", "c", "ex"]);
});

test("variables are listed once, without the one that is being written", () => {
  const query = "SELECT ?a { ?a $b ?c . ?d";

  assert.deepEqual(variables(query, query.length), ["?a", "$b", "?c"]);
});

test("every character of a query is in a token or is white space", () => {
  const query = 'SELECT * { ?s <a b "unclosed\n \'x\' """y\n" ^ @ € ; }';
  const covered = tokens(query, { comments: true })
    .map((token) => token.text)
    .join("");

  assert.equal(covered.replace(/\s/g, ""), query.replace(/\s/g, ""));
});
