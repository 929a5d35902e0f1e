/** The list of saved queries as it is sifted, and the columns of a chart. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { joined } from "../saved/columns.js";
import { matching } from "../saved/sifting.js";

test("a query is found by words without their accents, in any order", () => {
  const entries = [
    ["a", "Élus d’un territoire"],
    ["b", "Communes proches"],
  ];

  assert.deepEqual(matching(entries, "territoire elus"), ["a"]);
  assert.deepEqual(matching(entries, "  "), ["a", "b"]);
  assert.deepEqual(matching(entries, "rien"), []);
});

test("a column of IRIs gives way to its labels, under the heading in words", () => {
  const answer = {
    kind: "table",
    columns: ["commune", "communeLabel", "population"],
    rows: [["iri", "Guillestre", 2400]],
  };

  const found = joined(answer, { communeLabel: "commune", population: "habitants" });

  assert.deepEqual(found.columns, ["commune", "habitants"]);
  assert.deepEqual(found.rows, [["Guillestre", 2400]]);
});
