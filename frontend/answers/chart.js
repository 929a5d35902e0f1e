/** A chart of an answer that has numbers, by Chart.js, in the colours of the page. */

import {
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PieController,
  PointElement,
  Tooltip,
} from "chart.js";

import { isNumber } from "./answer.js";
import { choice, make } from "../shared/elements.js";
import { fitting, shorten } from "./labels.js";
import { text } from "./terms.js";
import { brief, say, write } from "../shared/words.js";

Chart.register(
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PieController,
  PointElement,
  Tooltip,
);

const MOST = { bar: 50, line: 2000, pie: 12 };
/** The part of the width that labels may take. */
const ROOM = 0.4;
/** Pixels under which a legend has no room beside its pie. */
const NARROW = 500;
const TIME = /^(?:-?\d{4})(?:-\d{2}(?:-\d{2}(?:T.*)?)?)?$/;
const COLOURS = ["organisation", "initiative", "territory", "person", "resource", "concept"];

/** Draws a chart of the answer into an element, with the choice of its columns and its kind. */
export async function drawChart(element, answer, labels) {
  const numbers = answer.columns
    .map((_, at) => at)
    .filter((at) => answer.rows.some((row) => isNumber(row[at])));
  const others = answer.columns.map((_, at) => at).filter((at) => !numbers.includes(at));
  const words = others.find((at) => answer.rows.some((row) => row[at]?.type === "literal"));
  const x = words ?? others[0] ?? numbers[0];
  const chosen = { x, y: numbers.find((at) => at !== x) ?? numbers[0] };
  const isTime = answer.rows.every((row) => row[x] === null || TIME.test(row[x].value));
  chosen.kind = isTime && answer.rows.length > 2 ? "line" : "bar";
  const frame = make("div", { className: "drawing" });
  const note = make("p", { className: "small soft" });
  let chart = null;
  const draw = async () => {
    chart?.destroy();
    chart = await plot(frame, note, answer, labels, chosen);
  };
  const pick = (key, number) => (value) => {
    chosen[key] = number ? Number(value) : value;
    draw();
  };
  const named = (at) => [at, answer.columns[at]];
  element.append(
    make(
      "div",
      { className: "row" },
      choice(
        say("labels"),
        answer.columns.map((_, at) => named(at)),
        chosen.x,
        pick("x", true),
      ),
      choice(say("values"), numbers.map(named), chosen.y, pick("y", true)),
      choice(
        say("kind"),
        [
          ["bar", say("bars")],
          ["line", say("line")],
          ["pie", say("pie")],
        ],
        chosen.kind,
        pick("kind"),
      ),
    ),
    frame,
    note,
  );
  await draw();
}

async function plot(frame, note, answer, labels, { x, y, kind }) {
  const usable = answer.rows.filter((row) => isNumber(row[y]));
  const rows = usable.slice(0, MOST[kind]);
  await labels.learn(
    rows
      .map((row) => row[x])
      .filter((term) => term?.type === "uri")
      .map((term) => term.value),
  );
  const canvas = make("canvas", { role: "img" });
  canvas.setAttribute("aria-label", say("chart.alt", answer.columns[y], answer.columns[x]));
  frame.replaceChildren(canvas);
  frame.style.height = kind === "bar" ? `${Math.max(rows.length * 1.75 + 4, 12)}rem` : "24rem";
  note.textContent = rows.length < usable.length ? say("drawn", write(rows.length)) : "";
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const ink = colour("ink");
  const palette = COLOURS.map(colour);
  const scale = { ticks: { color: ink }, grid: { color: colour("line") } };
  const amount = {
    ...scale,
    beginAtZero: kind === "bar",
    ticks: {
      color: ink,
      callback: (value) => brief(value),
      // Half a person is no mark of a scale of persons.
      precision: rows.every((row) => Number.isInteger(Number(row[y].value))) ? 0 : undefined,
    },
  };
  const names = rows.map((row) => text(row[x], labels));
  // Chart.js cuts what is too long at its beginning; the whole name is in the tooltip.
  const room = fitting(frame.clientWidth, ROOM);
  return new Chart(canvas, {
    type: kind,
    data: {
      labels: names.map((name) => shorten(name, room)),
      datasets: [
        {
          label: answer.columns[y],
          data: rows.map((row) => Number(row[y].value)),
          backgroundColor: kind === "pie" ? rows.map((_, at) => palette[at % palette.length]) : palette[0],
          borderColor: kind === "pie" ? colour("card") : palette[0],
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: kind === "bar" ? "y" : "x",
      scales: kind === "pie" ? {} : kind === "bar" ? { x: amount, y: scale } : { x: scale, y: amount },
      plugins: {
        legend: {
          display: kind === "pie",
          position: frame.clientWidth < NARROW ? "bottom" : "right",
          labels: { color: ink },
        },
        tooltip: {
          callbacks: {
            title: ([{ dataIndex }]) => names[dataIndex],
            label: ({ raw }) => `${answer.columns[y]}: ${write(raw)}`,
          },
        },
      },
    },
  });
}
