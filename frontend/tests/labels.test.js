import assert from "node:assert/strict";
import test from "node:test";

import { fitting, shorten } from "../answers/labels.js";

test("a text that fits is left alone", () => {
  assert.equal(shorten("Gap", 3), "Gap");
});

test("a longer text keeps its beginning and ends in an ellipsis", () => {
  assert.equal(shorten("Communauté de communes du Guillestrois", 15), "Communauté de…");
});

test("characters outside the basic plane are not halved", () => {
  assert.equal(shorten("🜁🜂🜃🜄", 3), "🜁🜂…");
});

test("a narrow screen still has room for some characters", () => {
  assert.equal(fitting(340, 0.4), 18);
  assert.equal(fitting(0, 0.4), 8);
});
