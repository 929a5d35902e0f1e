/** The features of a collection on a map: outlines as they are, points in clusters. */

import { divIcon, geoJSON, layerGroup, marker } from "leaflet";
import Supercluster from "supercluster";

import { make } from "../shared/elements.js";
import { say, write } from "../shared/words.js";
import { animated, CLOSEST, colour, ground, show } from "./ground.js";

const RADIUS = 56;
const LISTED = 12;
/** Pixels of a button: a finger hits it. */
const DOT = 28;

/** Puts a map of the collection in the place of the figure's picture. */
export async function drawPlaces(figure, collection) {
  const picture = figure.querySelector("img");
  const frame = make("div", { className: "map", role: "application", "aria-label": picture.alt });
  const { base, tiles, credit, closest } = figure.dataset;
  picture.replaceWith(frame);
  const { map, homes } = await ground(frame, { base, tiles, credit, closest });
  const points = collection.features.filter(({ geometry }) => geometry?.type === "Point");
  const areas = collection.features.filter(({ geometry }) => geometry && geometry.type !== "Point");
  const shapes = geoJSON(areas, {
    style: ({ properties }) => ({ color: accent(properties), weight: 2.5, fillOpacity: 0.2 }),
    onEachFeature: ({ properties }, layer) => layer.bindPopup(() => told([properties], 1)),
  }).addTo(map);
  const places = points.map(({ geometry }) => geometry.coordinates.toReversed());
  const centres = shapes.getLayers().map((layer) => layer.getBounds().getCenter());
  const bounds = shapes.getBounds();
  for (const place of places) bounds.extend(place);
  show(map, frame, homes, [...places, ...centres], bounds);
  clusters(map, points, kindOf(points));
}

function accent({ accent: name }) {
  return colour(name?.replace(/^k-/, "") || "organisation");
}

/** The accent that all points share, "" where they are of several kinds. */
function kindOf(points) {
  const kinds = new Set(points.map(({ properties }) => properties.accent));
  return kinds.size === 1 ? ([...kinds][0] ?? "") : "";
}

function clusters(map, points, kind) {
  const index = new Supercluster({ radius: RADIUS, maxZoom: CLOSEST });
  index.load(points);
  const group = layerGroup().addTo(map);
  const draw = () => {
    const bounds = map.getBounds().pad(0.2);
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    group.clearLayers();
    for (const one of index.getClusters(box, Math.round(map.getZoom()))) {
      group.addLayer(one.properties.cluster ? cluster(map, index, one, kind) : single(one));
    }
  };
  map.on("moveend", draw);
  draw();
}

function single({ geometry, properties }) {
  return button(geometry, "map-dot", "", properties.name ?? "", properties.accent).bindPopup(() =>
    told([properties], 1),
  );
}

function cluster(map, index, { geometry, properties, id }, kind) {
  const number = properties.point_count;
  const made = button(geometry, "map-cluster", write(number), say("cluster", write(number)), kind);
  const closer = index.getClusterExpansionZoom(id);
  if (closer > CLOSEST) {
    return made.bindPopup(() => told(index.getLeaves(id, LISTED).map((leaf) => leaf.properties), number));
  }
  return made.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    map.setView(geometry.coordinates.toReversed(), closer, { animate: animated() });
  });
}

function button({ coordinates }, className, text, name, kind = "") {
  const size = text ? DOT + 4 * text.length : DOT;
  const icon = divIcon({
    className: `${className} ${kind}`,
    html: make("span", { textContent: text }),
    iconSize: [size, size],
  });
  const made = marker(coordinates.toReversed(), { icon, title: name, riseOnHover: true });
  return made.on("add", () => made.getElement().setAttribute("aria-label", name));
}

/** What a popup says of some features, of `number` in all. */
function told(features, number) {
  const items = features.map(({ name, kind, url }) =>
    make(
      "li",
      {},
      url ? make("a", { href: url, textContent: name }) : make("b", { textContent: name }),
      kind ? make("span", { className: "soft small", textContent: ` ${kind}` }) : "",
    ),
  );
  const left = number - features.length;
  if (left > 0) items.push(make("li", { className: "soft", textContent: say("more", write(left)) }));
  return make("ul", { className: "map-list" }, ...items);
}
