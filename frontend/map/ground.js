/** A Leaflet map on our own outlines: no request leaves this server, unless it was set to ask for tiles. */

import { canvas, control, geoJSON, latLngBounds, map as createMap, tileLayer } from "leaflet";

import { make } from "../shared/elements.js";
import { say } from "../shared/words.js";

export const CLOSEST = 13;
/** As close as a map starts on a point, so that what is around can be told. */
const AT_FIRST = 9.5;
/** The share of a part of the country that places span for all of it to be shown. */
const FAR = 0.5;
const STEP = 0.5;
const HINT_MS = 2500;
const HOMES = /^97\d/;
/** Codes of the régions overseas, which are départements of other codes. */
const REGIONS = { "01": "971", "02": "972", "03": "973", "04": "974", "06": "976" };

/** A colour of the page, by its name. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Whether moves are to be shown as moves. */
export function animated() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * A map in a frame: `{map, areas, homes}`, where `areas` is the layer of outlines, and `homes` are
 * the bounds of the mainland ("") and of each département overseas, by code, with its `name`.
 * The background is the address of the outlines, and of tiles with their credit if there are any;
 * the areas take clicks if they are `interactive`.
 */
export async function ground(frame, { base, tiles, credit, closest }, { interactive = false } = {}) {
  const coarse = matchMedia("(pointer: coarse)").matches;
  const map = createMap(frame, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    maxZoom: tiles ? Number(closest) : CLOSEST + 2,
    // A page is scrolled with one finger and with the wheel, over a map too.
    scrollWheelZoom: false,
    dragging: !coarse,
    zoomAnimation: animated(),
    fadeAnimation: animated(),
    markerZoomAnimation: animated(),
    inertia: animated(),
  });
  // Leaflet would name the buttons in English.
  control.zoom({ zoomInTitle: say("zoom.in"), zoomOutTitle: say("zoom.out") }).addTo(map);
  control.scale({ imperial: false }).addTo(map);
  if (tiles) {
    tileLayer(tiles, { maxZoom: Number(closest) }).addTo(map);
    control.attribution({ prefix: false }).addAttribution(credit).addTo(map);
  }
  wheel(frame, map);
  if (coarse) byFinger(frame, map);
  const { areas, homes } = await outlines(map, base, Boolean(tiles), interactive);
  return { map, areas, homes };
}

/** The wheel zooms with the key Ctrl, as it does with the fingers of a touchpad; else it is told. */
function wheel(frame, map) {
  const hint = make("p", { className: "map-hint", textContent: say("hint"), hidden: true });
  frame.append(hint);
  let timer = 0;
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) {
        hint.hidden = false;
        clearTimeout(timer);
        timer = setTimeout(() => (hint.hidden = true), HINT_MS);
        return;
      }
      event.preventDefault();
      const zoom = map.getZoom() - Math.sign(event.deltaY) * STEP;
      map.setZoomAround(map.mouseEventToContainerPoint(event), zoom, { animate: false });
    },
    { passive: false },
  );
}

/** A button by which one finger moves the map, and no longer the page. */
function byFinger(frame, map) {
  const button = make("button", {
    type: "button",
    className: "quiet small map-finger",
    textContent: say("finger"),
    "aria-pressed": "false",
  });
  button.addEventListener("click", () => {
    const on = !map.dragging.enabled();
    map.dragging[on ? "enable" : "disable"]();
    button.setAttribute("aria-pressed", on);
  });
  frame.after(button);
}

async function outlines(map, address, overTiles, interactive) {
  const pane = map.createPane("ground");
  pane.style.zIndex = 250;
  const look = () => ({
    color: colour("edge"),
    weight: 1,
    fillColor: colour("card"),
    fillOpacity: overTiles ? 0 : 1,
  });
  const renderer = canvas({ pane: "ground" });
  const answer = await fetch(address);
  const areas = geoJSON(answer.ok ? await answer.json() : undefined, {
    style: look,
    renderer,
    pane: "ground",
    interactive,
  }).addTo(map);
  // Shaded areas keep their fill.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    areas.setStyle(interactive ? { color: colour("edge") } : look()),
  );
  const homes = new Map();
  areas.eachLayer((layer) => {
    const { code, name } = layer.feature.properties;
    const home = HOMES.test(code) ? code : /regions/.test(address) ? (REGIONS[code] ?? "") : "";
    const known = homes.get(home) ?? { bounds: latLngBounds([]), name: home ? name : say("mainland") };
    known.bounds.extend(layer.getBounds());
    homes.set(home, known);
  });
  return { areas, homes };
}

/** The homes that have some of these points ([latitude, longitude]), as `[code, home]`. */
export function inhabited(homes, points) {
  return [...homes].filter(([, { bounds }]) => points.some((point) => bounds.contains(point)));
}

/** An outline is shown as large as it may be; what is one point has no size. */
function closest(bounds) {
  return bounds.getNorthEast().equals(bounds.getSouthWest()) ? AT_FIRST : CLOSEST;
}

function isFar(bounds, whole) {
  const across = (box) => box.getEast() - box.getWest();
  const down = (box) => box.getNorth() - box.getSouth();
  return Math.max(across(bounds) / across(whole), down(bounds) / down(whole)) > FAR;
}

/**
 * Shows the bounds of what is drawn, or the mainland where places are overseas too; with a menu
 * of the parts of the country before `frame`, if there are several.
 */
export function show(map, frame, homes, points, bounds) {
  const fit = (what) => map.fitBounds(what.pad(0.1), { maxZoom: closest(what), animate: false });
  const lived = inhabited(homes, points);
  frame.previousElementSibling?.matches(".map-menu") && frame.previousElementSibling.remove();
  if (lived.length < 2) {
    const [home] = lived.map(([, { bounds: whole }]) => whole);
    fit(!bounds.isValid() ? homes.get("").bounds : home && isFar(bounds, home) ? home : bounds);
    return;
  }
  const select = make(
    "select",
    {},
    ...lived.map(([code, { name }]) => make("option", { value: code, textContent: name })),
    make("option", { value: "all", textContent: say("all") }),
  );
  const choose = () => fit(select.value === "all" ? bounds : homes.get(select.value).bounds);
  select.addEventListener("change", choose);
  const label = make("label", { className: "choice map-menu" }, make("span", { textContent: say("show") }), select);
  frame.before(label);
  select.value = lived.some(([code]) => code === "") ? "" : lived[0][0];
  choose();
}
