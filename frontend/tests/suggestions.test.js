import assert from "node:assert/strict";
import test from "node:test";

import { suggest } from "../editor/suggestions.js";

const EX = "http://example.org/";
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const TERMS = {
  prefixes: { ex: EX, rdfs: RDFS },
  classes: [{ iri: `${EX}Town`, count: 3, fr: "Commune", en: "Town", properties: [2], fields: [1, 0] }],
  fields: [
    { iri: `${EX}mayor`, fr: "maire de la commune", en: "mayor of the town", scheme: "" },
    { iri: `${EX}kind`, fr: "sorte", en: "kind", scheme: `${EX}kinds` },
  ],
  concepts: { [`${EX}kinds`]: [{ iri: `${EX}kinds/old`, fr: "Ancienne ville", en: "Old town" }, { iri: `${EX}new`, fr: "Ville nouvelle", en: "New town" }] },
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
});

test("the fields of the subject's class stand first, in the order and by the names of the shapes", () => {
  assert.deepEqual(texts("SELECT * { ?s a ex:Town ; | }"), [
    "ex:kind",
    "ex:mayor",
    "ex:density",
    "rdfs:label",
    `<${EX}a/b>`,
  ]);
  assert.deepEqual(texts("SELECT * { ?s a ex:Town ; commune| }"), ["ex:mayor"]);
  assert.equal(texts("SELECT * { ?s a ex:Nothing ; | }")[0], "rdfs:label");
});

test("a property that takes concepts is followed by those of its scheme", () => {
  assert.deepEqual(texts("SELECT * { ?s a ex:Town ; ex:kind | }"), [`<${EX}kinds/old>`, "ex:new"]);
  assert.deepEqual(texts("SELECT * { ?s ex:kind nouv| }"), ["ex:new"]);
  assert.deepEqual(texts("SELECT * { ?s ex:density | }"), []);
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
