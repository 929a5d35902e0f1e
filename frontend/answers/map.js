/** The places of an answer on a map without tiles, by Leaflet: no request leaves this server. */

import { canvas, circleMarker, control, featureGroup, map as createMap, polygon, polyline } from "leaflet";

import { placeColumns } from "./geometry.js";
import { choice, make } from "../shared/elements.js";
import { show } from "./terms.js";
import { say, write } from "../shared/words.js";

const MOST = 20_000;
const MOST_AT_ONCE = 400;
const OUTLINE_RADIUS = 1.5;
const CLOSEST = 13;
/** Degrees around the middle of the places, and the share of them that must be within. */
const NEAR = 8;
const ENOUGH = 0.6;

/** Draws the map of an answer into an element; `outline` is the address of the backdrop. */
export async function drawMap(element, answer, labels, outline) {
  const ways = placeColumns(answer);
  const note = make("p", { className: "small soft" });
  const whole = make("button", { type: "button", className: "quiet", textContent: say("whole") });
  const frame = make("div", { className: "map", role: "application", "aria-label": say("map.alt") });
  let shown = null;
  let way = ways[0];
  if (ways.length > 1) {
    const options = ways.map(({ name }, at) => [at, name]);
    const pick = (at) => {
      way = ways[at];
      draw();
    };
    element.append(choice(say("places"), options, 0, pick));
  }
  element.append(frame, note, whole);
  // Leaflet's own credit is a link to another site that nobody asked for: it is in the licences.
  const map = createMap(frame, {
    attributionControl: false,
    renderer: canvas(),
    zoomSnap: 0.25,
    zoomControl: false,
    maxZoom: CLOSEST + 4,
  });
  // Leaflet would name the buttons in English.
  control.zoom({ zoomInTitle: say("zoom.in"), zoomOutTitle: say("zoom.out") }).addTo(map);
  control.scale({ imperial: false }).addTo(map);
  const draw = () => {
    shown?.remove();
    const placed = answer.rows.map((row) => [row, way.place(row)]).filter(([, place]) => place !== null);
    const drawn = placed.slice(0, MOST);
    const style = getComputedStyle(document.documentElement);
    const colour = style.getPropertyValue("--initiative").trim();
    shown = featureGroup(
      drawn.map(([row, place]) => shape(place, colour).bindPopup(() => popup(answer, row, labels))),
    );
    shown.addTo(map);
    const all = shown.getBounds();
    const most = mainPart(shown.getLayers());
    map.fitBounds((most ?? all).pad(0.1), { maxZoom: CLOSEST, animate: false });
    whole.hidden = most === null;
    whole.onclick = () => map.fitBounds(all.pad(0.1));
    note.textContent = [
      say("shapes", write(drawn.length)),
      drawn.length < placed.length ? say("drawn", write(MOST)) : "",
    ].join(" ");
  };
  draw();
  const iris = answer.rows.flat().filter((term) => term?.type === "uri");
  labels.learn(iris.slice(0, MOST_AT_ONCE).map((term) => term.value));
  await backdrop(map, outline);
}

/** The bounds of most places where a few are far away, overseas for instance; else null. */
function mainPart(layers) {
  const centres = layers.map((layer) =>
    layer.getBounds ? layer.getBounds().getCenter() : layer.getLatLng(),
  );
  const middle = { lat: median(centres.map(({ lat }) => lat)), lng: median(centres.map(({ lng }) => lng)) };
  const near = layers.filter(
    (_, at) => Math.abs(centres[at].lat - middle.lat) < NEAR && Math.abs(centres[at].lng - middle.lng) < NEAR,
  );
  return near.length === layers.length || near.length < layers.length * ENOUGH
    ? null
    : featureGroup(near).getBounds();
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function shape({ kind, points }, color) {
  const look = { color, weight: 2, fillOpacity: 0.5 };
  if (kind === "point") return circleMarker(points, { ...look, radius: 5 });
  if (kind === "points")
    return featureGroup(points.map((point) => circleMarker(point, { ...look, radius: 5 })));
  return kind === "line" ? polyline(points, look) : polygon(points, { ...look, fillOpacity: 0.2 });
}

function popup(answer, row, labels) {
  const list = make("dl", { className: "place" });
  for (const [at, term] of row.entries()) {
    if (term === null || term.value.length > 500 || /wktLiteral$/.test(term.datatype ?? "")) continue;
    list.append(make("dt", { textContent: answer.columns[at] }), make("dd", {}, show(term, labels)));
  }
  return list;
}

/** Faint points of where the graph knows communes: an outline of the country. */
async function backdrop(map, address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const style = getComputedStyle(document.documentElement);
    const look = { stroke: false, fillColor: style.getPropertyValue("--soft").trim(), fillOpacity: 0.35 };
    const points = await answer.json();
    const dots = points.map((point) =>
      circleMarker(point, { ...look, radius: OUTLINE_RADIUS, interactive: false }),
    );
    featureGroup(dots).addTo(map).bringToBack();
  } catch {
    // The places stand without it.
  }
}
