/** Places of an answer: GeoSPARQL WKT literals, or two columns of latitude and longitude. */

import { isNumber } from "./answer.js";

const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const LATITUDE = /^(?:.*_)?(?:lat|latitude)$/i;
const LONGITUDE = /^(?:.*_)?(?:lon|lng|long|longitude)$/i;
const WRITTEN = /^\s*(?:<([^>]*)>\s*)?([A-Z]+)\s*(?:ZM?|M)?\s*(\(.*\))\s*$/is;
/** Reference systems that are drawn, and whether they say latitude first. */
const SYSTEMS = {
  "http://www.opengis.net/def/crs/OGC/1.3/CRS84": false,
  "https://www.opengis.net/def/crs/OGC/1.3/CRS84": false,
  "http://www.opengis.net/def/crs/EPSG/0/4326": true,
  "https://www.opengis.net/def/crs/EPSG/0/4326": true,
};
/** How deep the points of each kind of geometry are nested. */
const DEPTHS = { POINT: 0, MULTIPOINT: 1, LINESTRING: 1, MULTILINESTRING: 2, POLYGON: 2, MULTIPOLYGON: 3 };

/** The ways to read places from an answer: `{name, place(row)}` each, `place` as `parse` gives. */
export function placeColumns({ columns, rows }) {
  const found = columns
    .map((name, at) => ({ name, place: (row) => (looksWkt(row[at]) ? parse(row[at].value) : null), at }))
    .filter(({ at }) => rows.some((row) => looksWkt(row[at])));
  const latitude = columns.findIndex((name) => LATITUDE.test(name));
  const longitude = columns.findIndex((name) => LONGITUDE.test(name));
  if (latitude >= 0 && longitude >= 0 && rows.some((row) => both(row, latitude, longitude))) {
    const name = `${columns[latitude]}, ${columns[longitude]}`;
    found.push({ name, place: (row) => both(row, latitude, longitude) });
  }
  return found;
}

/**
 * A WKT literal as `{kind, points}`, or null for one that cannot be drawn.
 * `kind` is point, points, line or area; `points` are [latitude, longitude], nested as Leaflet takes them.
 */
export function parse(literal) {
  const found = WRITTEN.exec(literal);
  if (found === null) return null;
  const [, system, word, body] = found;
  const name = word.toUpperCase().replace(/Z?M?$/, "");
  const latitudeFirst = system === undefined ? false : SYSTEMS[system];
  const depth = DEPTHS[name];
  if (latitudeFirst === undefined || depth === undefined) return null;
  const points = nested(body, latitudeFirst);
  if (points === null || !isNested(points, Math.max(depth, 1), name)) return null;
  if (name === "POINT") return { kind: "point", points: points[0] };
  if (name === "MULTIPOINT")
    return { kind: "points", points: points.map((one) => (isPoint(one) ? one : one[0])) };
  return { kind: name.endsWith("STRING") ? "line" : "area", points };
}

/** Whether coordinates are nested as that kind of geometry has them. */
function isNested(points, depth, name) {
  if (depth === 0) return isPoint(points);
  if (!Array.isArray(points) || points.length === 0 || isPoint(points)) return false;
  if (name === "MULTIPOINT")
    return points.every((one) => isPoint(one) || (one.length === 1 && isPoint(one[0])));
  return (name !== "POINT" || points.length === 1) && points.every((one) => isNested(one, depth - 1, name));
}

function looksWkt(term) {
  return (
    term?.type === "literal" && (term.datatype === WKT || (!term.datatype && parse(term.value) !== null))
  );
}

function both(row, latitude, longitude) {
  const [north, east] = [row[latitude], row[longitude]];
  const written = [north, east].map((term) =>
    term?.type === "literal" ? Number(term.value || "x") : Number.NaN,
  );
  const usable = isNumber(north) || isNumber(east) || north?.datatype === undefined;
  return usable && onEarth(written) ? { kind: "point", points: written } : null;
}

function isPoint(value) {
  return Array.isArray(value) && typeof value[0] === "number";
}

function onEarth([north, east]) {
  return Math.abs(north) <= 90 && Math.abs(east) <= 180;
}

/** Nested parentheses of coordinates as nested arrays; null where they are malformed. */
function nested(body, latitudeFirst) {
  const json = body
    .replace(/[^(),]+/g, (run) => (run.trim() === "" ? "" : pair(run, latitudeFirst)))
    .replaceAll("(", "[")
    .replaceAll(")", "]");
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function pair(run, latitudeFirst) {
  const numbers = run.trim().split(/\s+/).map(Number);
  const point = latitudeFirst ? numbers.slice(0, 2) : [numbers[1], numbers[0]];
  return onEarth(point) ? JSON.stringify(point) : "!";
}
