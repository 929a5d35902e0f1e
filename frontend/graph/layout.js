/** Where the names of a graph go: rings round the middle, wide enough that no two names meet. */

/** Pixels kept free round each name. */
const ROOM = 14;
const WIDER = 1.06;
/** Width by height under which rings have no room. */
export const NARROW = 0.95;
const MOST_TRIES = 80;

/**
 * The places of nodes: the first in the middle, those of `hop` 1 on an ellipse about it in their
 * order, those of `hop` 2 on a wider one, each near a neighbour; in a narrow frame, two columns.
 * The same nodes always get the same places.
 *
 * Nodes are `{id, hop, width, height}`, edges `{source, target}`; `aspect` is width by height.
 */
export function places(nodes, edges, aspect) {
  return aspect < NARROW ? columns(nodes) : rings(nodes, edges, aspect);
}

/** Two columns, for a screen too narrow for rings: the middle one between them, halfway down. */
function columns([root, ...others]) {
  const found = new Map();
  const widest = Math.max(0, ...others.map(({ width }) => width));
  const rows = Math.ceil(others.length / 2);
  const above = Math.ceil(rows / 2);
  let y = 0;
  for (let row = 0; row <= rows; row += 1) {
    if (row === above) {
      y += root.height / 2;
      found.set(root.id, { x: 0, y });
      y += root.height / 2 + ROOM * 2;
    }
    const pair = others.slice(row * 2, row * 2 + 2);
    const height = Math.max(0, ...pair.map((node) => node.height));
    pair.forEach(({ id }, at) => found.set(id, { x: (at ? 1 : -1) * (widest / 2 + ROOM), y: y + height / 2 }));
    y += height + ROOM * 2;
  }
  return found;
}

function rings(nodes, edges, aspect) {
  const [root, ...others] = nodes;
  const found = new Map([[root.id, { x: 0, y: 0 }]]);
  const inner = others.filter(({ hop }) => hop === 1);
  const outer = others.filter(({ hop }) => hop > 1);
  const wide = Math.sqrt(Math.min(aspect, 2.2));
  const angles = new Map(inner.map(({ id }, at) => [id, turn(at, inner.length)]));
  let ring = 170;
  ring = spread(inner, angles, found, ring, wide, [root]);
  const parents = new Map(outer.map(({ id }) => [id, angles.get(near(id, edges, angles)) ?? 0]));
  const around = [...outer].sort((a, b) => parents.get(a.id) - parents.get(b.id));
  const first = around.length > 0 ? parents.get(around[0].id) : 0;
  around.forEach(({ id }, at) => angles.set(id, first + turn(at, around.length, 0)));
  spread(around, angles, found, ring + 90, wide, [root, ...inner]);
  return found;
}

/** The angle of one of so many, from the top on. */
function turn(at, many, start = -Math.PI / 2) {
  return start + (2 * Math.PI * at) / Math.max(many, 1);
}

/** A neighbour that has its place already. */
function near(id, edges, placed) {
  for (const { source, target } of edges) {
    if (source === id && placed.has(target)) return target;
    if (target === id && placed.has(source)) return source;
  }
  return undefined;
}

/** Puts nodes on the smallest ellipse on which they meet neither each other nor the `fixed`. */
function spread(nodes, angles, found, start, wide, fixed) {
  let ring = start;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    for (const { id } of nodes) {
      const angle = angles.get(id);
      found.set(id, { x: Math.cos(angle) * ring * wide * 1.25, y: (Math.sin(angle) * ring) / wide });
    }
    if (!nodes.some((node, at) => [...fixed, ...nodes.slice(0, at)].some((other) => meet(node, other, found)))) break;
    ring *= WIDER;
  }
  return ring;
}

function meet(one, other, found) {
  const a = found.get(one.id);
  const b = found.get(other.id);
  return (
    Math.abs(a.x - b.x) < (one.width + other.width) / 2 + ROOM &&
    Math.abs(a.y - b.y) < (one.height + other.height) / 2 + ROOM
  );
}

/** The node that lies nearest to another in a direction such as `[1, 0]`, if one does. */
export function towards(from, others, [dx, dy]) {
  let best;
  let least = Infinity;
  for (const other of others) {
    const x = other.x - from.x;
    const y = other.y - from.y;
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    const cost = along + aside * 2;
    if (along > 1 && cost < least) [best, least] = [other, cost];
  }
  return best;
}

/** A name in lines of about so many letters, cut after `most` lines. */
export function wrap(name, width = 18, most = 3) {
  const lines = [""];
  for (const word of name.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last && `${last} ${word}`.length > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  kept[most - 1] += "…";
  return kept;
}
