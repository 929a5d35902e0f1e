/** The pages of the saved queries: the list sifted as one types, a chart with a choice of columns, shaded areas. */

import { make } from "../shared/elements.js";
import { joined } from "./columns.js";
import { matching } from "./sifting.js";

const sift = document.getElementById("sift");
const chart = document.getElementById("chart");
const areas = document.getElementById("areas");
if (sift) addSift(sift);
if (chart) draw(chart);
if (areas) shade(areas);

/** A field that hides the queries without the words it has, and the themes left empty. */
function addSift(place) {
  const input = make("input", { type: "search", autocomplete: "off" });
  const none = make("p", { className: "note", role: "status", hidden: true, textContent: place.dataset.none });
  const entries = [...document.querySelectorAll(".asked > li")].map((item) => [item, item.textContent]);
  input.addEventListener("input", () => {
    const shown = new Set(matching(entries, input.value));
    for (const [item] of entries) item.hidden = !shown.has(item);
    for (const theme of document.querySelectorAll(".theme"))
      theme.hidden = theme.querySelector(".asked > li:not([hidden])") === null;
    none.hidden = shown.size > 0;
  });
  const label = make("label", { className: "choice" }, make("span", { textContent: place.dataset.label }), input);
  place.className = "sift";
  place.append(label, none);
}

/** The chart in place of the bars that the server drew; they stay where it cannot be drawn. */
async function draw(place) {
  const { source, words, headings, labels } = place.dataset;
  try {
    const [{ read }, { drawChart }, { Labels }, { learn }] = await Promise.all([
      import("../answers/answer.js"),
      import("../answers/chart.js"),
      import("../answers/terms.js"),
      import("../shared/words.js"),
    ]);
    learn(words);
    const answer = joined(await read(await fetch(source)), JSON.parse(headings));
    const drawn = make("div");
    const bars = [...place.children];
    place.append(drawn);
    await drawChart(drawn, answer, new Labels(labels));
    for (const part of bars) part.hidden = true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** The shaded areas on a map that moves in place of the picture; it stays where that cannot be drawn. */
async function shade(figure) {
  const { source, words, mapWords, headings, ...background } = figure.dataset;
  try {
    const [{ read }, { drawShades }, { learn }] = await Promise.all([
      import("../answers/answer.js"),
      import("../answers/map.js"),
      import("../shared/words.js"),
    ]);
    learn(JSON.stringify({ ...JSON.parse(mapWords), ...JSON.parse(words) }));
    const answer = await read(await fetch(source));
    const drawn = make("div");
    const picture = figure.firstElementChild;
    picture.before(drawn);
    await drawShades(drawn, answer, background, JSON.parse(headings));
    picture.hidden = true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
