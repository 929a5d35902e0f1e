import assert from "node:assert/strict";
import test from "node:test";

import { classes, shade, shadings, STEPS } from "../answers/areas.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const iri = (kind, key) => ({ type: "uri", value: `https://w3id.org/essgraph/id/${kind}/${key}` });
const text = (value) => ({ type: "literal", value });
const number = (value) => ({ type: "literal", value: String(value), datatype: `${XSD}integer` });

test("IRIs of départements with a number are shaded", () => {
  const rows = [
    [iri("departement", "05"), number(3)],
    [iri("departement", "2A"), number(7)],
  ];

  const [way] = shadings({ columns: ["departement", "initiatives"], rows });

  assert.equal(way.areas, "departements");
  assert.equal(way.name, "initiatives");
  assert.deepEqual([...way.values], [["05", 3], ["2A", 7]]);
});

test("codes are read where their column says what they are", () => {
  const rows = [
    [text("11"), number(3)],
    [text("93"), number(7)],
  ];

  assert.deepEqual(shadings({ columns: ["region", "n"], rows }).map((way) => way.areas), ["regions"]);
  assert.deepEqual(shadings({ columns: ["departement", "n"], rows }).map((way) => way.areas), ["departements"]);
  assert.deepEqual(shadings({ columns: ["age", "n"], rows }), []);
});

test("an area that comes twice has no one number", () => {
  const rows = [
    [iri("departement", "05"), number(3)],
    [iri("departement", "05"), number(7)],
  ];

  assert.deepEqual(shadings({ columns: ["departement", "n"], rows }), []);
});

test("communes are not shaded, nor areas without numbers", () => {
  const rows = (kind) => [
    [iri(kind, "05065"), text("a")],
    [iri(kind, "05026"), text("b")],
  ];

  assert.deepEqual(shadings({ columns: ["x", "y"], rows: rows("commune") }), []);
  assert.deepEqual(shadings({ columns: ["x", "y"], rows: rows("departement") }), []);
});

test("a few numbers are each a class", () => {
  assert.deepEqual(classes([3, 1, 3, 2]), [[1, 1], [2, 2], [3, 3]]);
});

test("many numbers make classes of as many each", () => {
  const found = classes(Array.from({ length: 100 }, (_, at) => at));

  assert.deepEqual(found, [[0, 19], [20, 39], [40, 59], [60, 79], [80, 99]]);
});

test("the same numbers are in the same class, and each number is in one", () => {
  const numbers = [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
  const found = classes(numbers);

  assert.deepEqual(found[0], [0, 0]);
  for (const one of numbers) assert.equal(found.filter(([least, most]) => least <= one && one <= most).length, 1);
});

test("the ramp is used from end to end", () => {
  assert.deepEqual([0, 1, 2].map((at) => shade(at, 3)), [0, 2, 4]);
  assert.equal(shade(0, 1), STEPS - 1);
});
