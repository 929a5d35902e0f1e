/**
 * The graph of what is around an entity, by Cytoscape.js; over it a link for each node, which the
 * keyboard reaches. Nothing moves by itself.
 */

import cytoscape from "cytoscape";

import { make } from "../shared/elements.js";
import { learn, say } from "../shared/words.js";
import { NARROW, places, towards, wrap } from "./layout.js";

const SHAPES = {
  initiative: "round-rectangle",
  person: "ellipse",
  organisation: "rectangle",
  territory: "hexagon",
  resource: "cut-rectangle",
  concept: "barrel",
};
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LETTER = 7.4;
const LINE = 17;
/** Under this the letters are too small to read. */
const LEAST_ZOOM = 0.62;
const MOST_ZOOM = 2.5;
const STEP = 1.3;
const FRAME = 24;

cytoscape.warnings(false); // of links too short to draw, which it says are to be expected

const frame = document.getElementById("network");
if (frame) start(frame);

async function start(element) {
  learn(element.dataset.words);
  element.hidden = false;
  try {
    const answer = await fetch(element.dataset.json, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show(element, await answer.json());
  } catch {
    element.replaceChildren(make("p", { className: "note", textContent: say("failed") }));
  }
}

function show(element, graph) {
  const canvas = make("div", { className: "canvas" });
  const links = make("div", { className: "reach", role: "group", "aria-label": say("graph") });
  const panel = make("p", { className: "panel", textContent: say("hint") });
  panel.setAttribute("aria-live", "polite");
  element.append(make("div", { className: "stage" }, canvas, links), panel);
  // Two rings are drawn rounder, so that the outer one is not wider than the page.
  if (graph.hops > 1) canvas.classList.add("deep");
  const aspect = canvas.clientWidth / canvas.clientHeight;
  const nodes = graph.nodes.map((node) => sized(node, aspect < NARROW));
  const at = places(nodes, graph.edges, aspect);
  const cy = cytoscape({
    container: canvas,
    elements: elements(nodes, graph, at, aspect >= NARROW),
    layout: { name: "preset" },
    style: styles(),
    minZoom: 0.2,
    maxZoom: MOST_ZOOM,
    boxSelectionEnabled: false,
    autoungrabify: true,
    userZoomingEnabled: false, // the wheel scrolls the page; there are buttons, and two fingers
  });
  const reach = overlay(cy, links, nodes, graph, (id) => choose(cy, panel, nodes, graph, id));
  const fit = () => {
    const { w, h } = cy.elements().boundingBox();
    const zoom = Math.min(1.2, Math.max(LEAST_ZOOM, (cy.width() - 2 * FRAME) / w));
    // As high as what is drawn: no empty band above it, nothing cut below.
    canvas.style.height = `${Math.ceil(h * zoom) + 2 * FRAME}px`;
    cy.resize();
    cy.zoom(zoom);
    const small = cy.elements().renderedBoundingBox();
    if (small.w > cy.width()) cy.center(cy.getElementById(graph.root));
    else cy.center();
  };
  element.prepend(buttons(cy, fit));
  cy.on("viewport resize", reach.place);
  cy.on("tap", "node", ({ target }) => reach.focus(target.id()));
  fit();
  reach.place();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(styles()));
  element.dataset.ready = "true";
}

/** A node with its name in lines, and the size of its box. */
function sized(node, narrow) {
  const lines = narrow ? wrap(node.label, 13, 4) : wrap(node.label);
  const longest = Math.max(...lines.map((line) => line.length));
  const slack = { person: 40, territory: 36, concept: 26 }[node.accent] ?? 22;
  return { ...node, lines, width: longest * LETTER + slack, height: lines.length * LINE + 16 };
}

/** What is drawn; links of the root tell their names at once where there is room. */
function elements(nodes, { root, edges }, at, room) {
  return [
    ...nodes.map(({ id, lines, accent, width, height, hop }) => ({
      group: "nodes",
      data: { id, label: lines.join("\n"), accent, width, height, hop },
      position: at.get(id),
    })),
    ...edges.map(({ source, target, label }, number) => ({
      group: "edges",
      data: { id: `edge-${number}`, source, target, label: wrap(label, 26).join("\n") },
      classes: room && [source, target].includes(root) ? "near" : "",
    })),
  ];
}

/** The colours and letters of the page, as they are now. */
function styles() {
  const page = getComputedStyle(document.documentElement);
  const colour = (name) => page.getPropertyValue(`--${name}`).trim();
  const font = page.getPropertyValue("--sans").trim();
  return [
    {
      selector: "node",
      style: {
        shape: "rectangle",
        width: "data(width)",
        height: "data(height)",
        label: "data(label)",
        "text-wrap": "wrap",
        "text-valign": "center",
        "font-family": font,
        "font-size": 14,
        color: colour("ink"),
        "background-color": colour("card"),
        "border-width": 2,
      },
    },
    ...Object.entries(SHAPES).map(([accent, shape]) => ({
      selector: `node[accent = "${accent}"]`,
      style: { shape, "border-color": colour(accent) },
    })),
    { selector: "node[hop = 0]", style: { "border-width": 4, "font-weight": "bold" } },
    {
      selector: "edge",
      style: {
        width: 1.5,
        "line-color": colour("soft"),
        "line-opacity": 0.55,
        "target-arrow-color": colour("soft"),
        "target-arrow-shape": "triangle",
        "curve-style": "bezier",
        "font-family": font,
        "font-size": 12,
        color: colour("ink"),
        "text-wrap": "wrap",
        "text-background-color": colour("paper"),
        "text-background-opacity": 0.92,
        "text-background-padding": 2,
        "text-rotation": "autorotate",
      },
    },
    { selector: "edge.near", style: { label: "data(label)" } },
    {
      selector: "edge.chosen",
      style: {
        label: "data(label)",
        width: 3,
        "line-color": colour("ink"),
        "line-opacity": 1,
        "target-arrow-color": colour("ink"),
        "z-index": 9,
      },
    },
    { selector: "node.chosen", style: { "border-width": 4, "background-color": colour("mark") } },
    { selector: ".far", style: { opacity: 0.35 } },
  ];
}

/** Names the node that is chosen, and what it is linked to; with the ways on. */
function choose(cy, panel, nodes, graph, id) {
  const node = nodes.find((one) => one.id === id);
  const own = cy.getElementById(id);
  const near = own.closedNeighborhood();
  cy.elements().removeClass("chosen far");
  cy.elements().difference(near).addClass("far");
  own.addClass("chosen");
  own.connectedEdges().addClass("chosen");
  const way = (href, words) => (href ? make("a", { href, textContent: words }) : null);
  panel.replaceChildren(
    make("b", { textContent: node.label }),
    ` ${node.classLabel ? `(${node.classLabel})` : ""} `,
    graph.edges
      .filter(({ source, target }) => id !== graph.root && [source, target].includes(id) && [source, target].includes(graph.root))
      .map(({ label }) => label)
      .join(", "),
    make("span", { className: "ways" }, way(node.page, say("page")), id === graph.root ? null : way(node.network, say("centre"))),
  );
}

/** A link over each node: focus chooses it, arrows go on from it, Enter puts it in the middle. */
function overlay(cy, links, nodes, graph, onChoose) {
  const reached = new Map();
  for (const node of nodes) {
    const told = graph.edges
      .filter(({ source, target }) => source === node.id || target === node.id)
      .map(({ source, target, label }) => named(node.id === source ? target : source, label))
      .join(" ; ");
    const link = make("a", {
      href: (node.id === graph.root ? node.page : (node.network ?? node.page)) ?? "#network",
      tabIndex: node.id === graph.root ? 0 : -1,
      "aria-label": `${node.label}, ${node.classLabel}. ${told}`,
    });
    link.addEventListener("focus", () => {
      for (const other of reached.values()) other.tabIndex = other === link ? 0 : -1;
      reveal(cy, node.id);
      onChoose(node.id);
    });
    link.addEventListener("keydown", (event) => {
      const direction = ARROWS[event.key];
      if (!direction) return;
      event.preventDefault();
      const spots = nodes.map(({ id }) => ({ id, ...cy.getElementById(id).position() }));
      const from = spots.find(({ id }) => id === node.id);
      const next = towards(from, spots.filter(({ id }) => id !== node.id), direction);
      if (next) reached.get(next.id).focus();
    });
    reached.set(node.id, link);
    links.append(link);
  }

  function named(id, label) {
    return `${label} : ${nodes.find((one) => one.id === id)?.label ?? ""}`;
  }

  return {
    focus: (id) => reached.get(id).focus({ preventScroll: true }),
    place: () => {
      const zoom = cy.zoom();
      for (const { id, width, height } of nodes) {
        const { x, y } = cy.getElementById(id).renderedPosition();
        const style = reached.get(id).style;
        style.width = `${width * zoom}px`;
        style.height = `${height * zoom}px`;
        style.transform = `translate(${x - (width * zoom) / 2}px, ${y - (height * zoom) / 2}px)`;
      }
    },
  };
}

/** Moves the drawing so far that a node is in sight. */
function reveal(cy, id) {
  const box = cy.getElementById(id).renderedBoundingBox();
  const beyond = (low, high, size) => (low < 0 ? -low + FRAME : high > size ? size - high - FRAME : 0);
  const x = beyond(box.x1, box.x2, cy.width());
  const y = beyond(box.y1, box.y2, cy.height());
  if (x || y) cy.panBy({ x, y });
}

function buttons(cy, fit) {
  const middle = () => ({ x: cy.width() / 2, y: cy.height() / 2 });
  const zoom = (factor) => () => cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle() });
  const button = (sign, words, act) => {
    const made = make("button", { type: "button", textContent: sign, title: words, "aria-label": words });
    made.addEventListener("click", act);
    return made;
  };
  return make(
    "div",
    { className: "zoom" },
    button("+", say("in"), zoom(STEP)),
    button("−", say("out"), zoom(1 / STEP)),
    button("⤢", say("fit"), fit),
  );
}
