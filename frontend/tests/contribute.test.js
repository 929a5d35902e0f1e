/** A draft of a proposal as the browser keeps it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { packed, unpacked } from "../contribute/draft.js";

test("a draft comes back as it was written, empty lines included", () => {
  const kept = packed([
    ["spatial", "84034"],
    ["partner", ""],
    ["partner", "Île « aux » \"noms\""],
  ]);

  assert.deepEqual(unpacked(kept), [
    ["spatial", ["84034"]],
    ["partner", ["", "Île « aux » \"noms\""]],
  ]);
});

test("what is no draft is none", () => {
  for (const text of [null, "", "{", "3", "{}", '[["spatial",[""]]]', '[["spatial"],[3,["x"]]]'])
    assert.equal(unpacked(text), null);
});
