/** Puts a map that moves in place of each picture of a map, when it comes into view. */

import "./main.css";

import { learn } from "../shared/words.js";

const AHEAD = "300px";

const watch = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      replace(target);
    }
  },
  { rootMargin: AHEAD },
);

function look() {
  for (const figure of document.querySelectorAll("figure[data-map]")) watch.observe(figure);
}
look();
// A page that renews a part of itself says so.
document.addEventListener("renewed", look);

/** Where the map cannot be had, the picture stays. */
async function replace(figure) {
  learn(figure.dataset.mapWords);
  try {
    const [answer, { drawPlaces }] = await Promise.all([fetch(figure.dataset.map), import("./places.js")]);
    if (answer.ok) await drawPlaces(figure, await answer.json());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
