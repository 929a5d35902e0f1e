/** An answer on a map: its places, or départements and régions shaded by its numbers. */

import { canvas, circleMarker, featureGroup, latLngBounds, polygon, polyline } from "leaflet";

import { choice, make } from "../shared/elements.js";
import { brief, say, write } from "../shared/words.js";
import { colour, ground, show as fit } from "../map/ground.js";
import { classes, shade, shadings } from "./areas.js";
import { placeColumns } from "./geometry.js";
import { show } from "./terms.js";

const MOST = 20_000;
const MOST_AT_ONCE = 400;

/** Whether there is anything of an answer to draw. */
export { shadings } from "./areas.js";

/**
 * Draws the map of an answer into an element; `background` is `{base, tiles, credit, closest}`:
 * the address of the outlines of départements, and those of tiles where there are any.
 */
export async function drawMap(element, answer, labels, background) {
  const ways = [
    ...placeColumns(answer).map((way) => ({ ...way, draw: drawPlaces })),
    ...shadings(answer).map((way) => ({ ...way, draw: drawAreas })),
  ];
  const drawing = make("div");
  const draw = (at) => {
    drawing.replaceChildren();
    return ways[at].draw(drawing, answer, ways[at], labels, background);
  };
  if (ways.length > 1) {
    const options = ways.map(({ name }, at) => [at, name]);
    element.append(choice(say("places"), options, 0, draw));
  }
  element.append(drawing);
  await draw(0);
}

/** Draws areas shaded by an answer, whose columns have these headings, with a choice of the numbers. */
export async function drawShades(element, answer, background, headings) {
  const ways = shadings(answer).map((way) => ({ ...way, name: capital(headings[way.name] ?? way.name) }));
  const drawing = make("div");
  const draw = (at) => {
    drawing.replaceChildren();
    return drawAreas(drawing, answer, ways[at], null, background);
  };
  if (ways.length > 1) {
    const options = ways.map(({ name }, at) => [at, name]);
    element.append(choice(say("places"), options, 0, draw));
  }
  element.append(drawing);
  await draw(0);
}

function capital(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function framed(element) {
  const frame = make("div", { className: "map", role: "application", "aria-label": say("map.alt") });
  const note = make("p", { className: "small soft" });
  element.append(frame, note);
  return { frame, note };
}

async function drawPlaces(element, answer, way, labels, background) {
  const { frame, note } = framed(element);
  const { map, homes } = await ground(frame, background);
  const placed = answer.rows.map((row) => [row, way.place(row)]).filter(([, place]) => place !== null);
  const drawn = placed.slice(0, MOST);
  const renderer = canvas();
  const shapes = featureGroup(
    drawn.map(([row, place]) =>
      shape(place, colour("initiative"), renderer).bindPopup(() => popup(answer, row, labels)),
    ),
  ).addTo(map);
  const centres = shapes.getLayers().map((one) => (one.getBounds ? one.getBounds().getCenter() : one.getLatLng()));
  fit(map, frame, homes, centres, shapes.getBounds());
  note.textContent = [
    say("shapes", write(drawn.length)),
    drawn.length < placed.length ? say("drawn", write(MOST)) : "",
  ].join(" ");
  const iris = answer.rows.flat().filter((term) => term?.type === "uri");
  labels.learn(iris.slice(0, MOST_AT_ONCE).map((term) => term.value));
}

/** Areas shaded by classes of about as many each; the value of one is in its popup and in the table. */
async function drawAreas(element, _answer, { name, areas, values }, _labels, background) {
  const { frame, note } = framed(element);
  const base = background.base.replace("departements", areas);
  const { map, areas: layer, homes } = await ground(frame, { ...background, base }, { interactive: true });
  const limits = classes(values.values());
  const shadeOf = (value) => shade(limits.findIndex(([, most]) => value <= most), limits.length);
  const drawn = [];
  layer.eachLayer((area) => {
    const value = values.get(area.feature.properties.code);
    if (value !== undefined) {
      area.setStyle({ fillColor: colour(`shade-${shadeOf(value)}`), fillOpacity: 0.9 });
      drawn.push(area);
    }
    const told = value === undefined ? say("no.value") : `${name}: ${write(value)}`;
    area.bindPopup(() =>
      make("p", {}, make("b", { textContent: area.feature.properties.name }), make("br"), told),
    );
  });
  fit(map, frame, homes, drawn.map((area) => area.getBounds().getCenter()), bounds(drawn));
  note.replaceWith(legend(name, limits));
}

function bounds(layers) {
  return layers.reduce((all, layer) => all.extend(layer.getBounds()), latLngBounds([]));
}

function legend(name, limits) {
  const items = limits.map(([least, most], at) => {
    const swatch = make("span", { className: `swatch shade-${shade(at, limits.length)}` });
    const words = least === most ? brief(least) : say("from.to", brief(least), brief(most));
    return make("li", {}, swatch, words);
  });
  return make("div", {}, make("b", { className: "small", textContent: name }), make("ul", { className: "legend small" }, ...items));
}

function shape({ kind, points }, color, renderer) {
  const look = { color, weight: 2, fillOpacity: 0.5, renderer };
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
