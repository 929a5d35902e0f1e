import assert from "node:assert/strict";
import { test } from "node:test";

import { places, towards, wrap } from "../graph/layout.js";

const nodes = (inner, outer) => [
  { id: "root", hop: 0, width: 160, height: 66 },
  ...Array.from({ length: inner }, (_, at) => ({ id: `a${at}`, hop: 1, width: 150, height: 50 })),
  ...Array.from({ length: outer }, (_, at) => ({ id: `b${at}`, hop: 2, width: 150, height: 66 })),
];
const edges = (inner, outer) =>
  Array.from({ length: outer }, (_, at) => ({ source: `a${at % inner}`, target: `b${at}` }));

for (const aspect of [0.6, 1, 2.1]) {
  for (const [inner, outer] of [[0, 0], [1, 0], [3, 9], [12, 47], [59, 0]]) {
    test(`no two of ${inner} and ${outer} names meet, at ${aspect}`, () => {
      const all = nodes(inner, outer);

      const at = places(all, edges(inner || 1, inner ? outer : 0), aspect);

      for (const [number, one] of all.entries()) {
        for (const other of all.slice(0, number)) {
          const apartX = Math.abs(at.get(one.id).x - at.get(other.id).x) >= (one.width + other.width) / 2;
          const apartY = Math.abs(at.get(one.id).y - at.get(other.id).y) >= (one.height + other.height) / 2;
          assert.ok(apartX || apartY, `${one.id} on ${other.id}`);
        }
      }
    });
  }
}

test("the same graph is always drawn the same", () => {
  assert.deepEqual(places(nodes(5, 9), edges(5, 9), 1.5), places(nodes(5, 9), edges(5, 9), 1.5));
});

test("an arrow goes to the nearest name in its direction", () => {
  const others = [
    { id: "right", x: 100, y: 10 },
    { id: "far", x: 300, y: 0 },
    { id: "below", x: 20, y: 100 },
  ];

  assert.equal(towards({ x: 0, y: 0 }, others, [1, 0]).id, "right");
  assert.equal(towards({ x: 0, y: 0 }, others, [0, 1]).id, "below");
  assert.equal(towards({ x: 0, y: 0 }, others, [-1, 0]), undefined);
});

test("a long name is cut into lines, and says where it was cut", () => {
  assert.deepEqual(wrap("Communauté de communes", 18), ["Communauté de", "communes"]);
  assert.equal(wrap("un deux trois quatre cinq six sept", 6, 2).length, 2);
  assert.ok(wrap("un deux trois quatre cinq six sept", 6, 2)[1].endsWith("…"));
});
