import assert from "node:assert/strict";
import test from "node:test";

import { suggest } from "../editor/suggestions.js";

const EX = "http://example.org/";
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const TERMS = {
  prefixes: { ex: EX, rdfs: RDFS },
  classes: [{ iri: `${EX}Town`, count: 3, fr: "Commune", en: "Town", properties: [2] }],
  properties: [
    { iri: `${RDFS}label`, count: 90, fr: "nom", en: "label" },
    { iri: `${EX}mayor`, count: 50, fr: "maire", en: "mayor" },
    { iri: `${EX}density`, count: 2, fr: "densité", en: "density" },
    { iri: `${EX}a/b`, count: 1 },
  ],
  graphs: [{ iri: `${EX}graph/towns`, count: 9, fr: "Communes", en: "Towns" }],
};

/** The texts suggested at the `|` of a query. */
function texts(query, lang = "fr") {
  const offset = query.indexOf("|");
  return suggest(query.replace("|", ""), offset, TERMS, lang).list.map((found) => found.text);
}

test("predicates are properties, those of the subject's class first, then the most used", () => {
  assert.deepEqual(texts("SELECT * { ?s | }"), ["rdfs:label", "ex:mayor", "ex:density", `<${EX}a/b>`]);
  assert.equal(texts("SELECT * { ?s a ex:Town ; | }")[0], "ex:density");
});

test("what was typed is looked for in names and in labels, without accents", () => {
  assert.deepEqual(texts("SELECT * { ?s nom| }"), ["rdfs:label"]);
  assert.deepEqual(texts("SELECT * { ?s DENSITE| }"), ["ex:density"]);
  assert.deepEqual(texts("SELECT * { ?s ex:ma| }"), ["ex:mayor"]);
  assert.deepEqual(texts("SELECT * { ?s unknown:ma| }"), []);
});

test("an IRI that no prefix can shorten, or that was begun as one, is written whole", () => {
  assert.deepEqual(texts(`SELECT * { ?s <${EX}ma| }`), [`<${EX}mayor>`]);
});

test("after a class predicate stand classes, after GRAPH graphs, after PREFIX prefixes", () => {
  assert.deepEqual(texts("SELECT * { ?s a | }"), ["ex:Town"]);
  assert.deepEqual(texts("SELECT * { GRAPH | { } }"), [`<${EX}graph/towns>`]);
  assert.deepEqual(texts("PREFIX rd|"), [`rdfs: <${RDFS}>`]);
});

test("a declared prefix is kept to", () => {
  assert.deepEqual(texts(`PREFIX my: <${EX}> SELECT * { ?s my:may| }`), ["my:mayor"]);
});

test("variables of the query complete what begins like one", () => {
  assert.deepEqual(texts("SELECT ?town ?to { ?t| }"), ["?town", "?to"]);
});

test("nothing is suggested inside a string or a comment", () => {
  assert.deepEqual(texts('SELECT * { ?s ex:mayor "ex:ma|" }'), []);
  assert.deepEqual(texts("SELECT * { # ex:ma|\n }"), []);
});
