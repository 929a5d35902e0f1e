/** Answers about départements or régions: which column names them, and how their numbers are shaded. */

import { isNumber } from "./answer.js";

/** Steps of the ramp, which are colours of the page: --shade-0 to --shade-4. */
export const STEPS = 5;

const IRI = /\/id\/(departement|region)\/([^/#?]+)$/;
const DEPARTEMENT = /^(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-46])$/;
const REGION = /^(?:0[1-46]|11|24|27|28|32|44|52|53|75|76|84|93|94)$/;
const SAYS = { departements: /d[eé]p/i, regions: /r[eé]g/i };
/** The share of rows that have to name an area. */
const ENOUGH = 0.5;

/**
 * The ways to shade areas by an answer: `{name, areas, values}`, where `areas` is departements or
 * regions, and `values` are the numbers by INSEE code; of an area that comes twice, none is told.
 */
export function shadings({ columns, rows }) {
  const numbers = columns.map((_, at) => at).filter((at) => rows.some((row) => isNumber(row[at])));
  const found = [];
  for (const [at, name] of columns.entries()) {
    for (const areas of ["departements", "regions"]) {
      const named = rows.map((row) => code(row[at], areas, name));
      const known = named.filter((one) => one !== null);
      const isKey = new Set(known).size === known.length;
      if (known.length < 2 || !isKey || known.length < rows.length * ENOUGH) continue;
      for (const number of numbers.filter((column) => column !== at)) {
        const values = new Map(
          rows
            .map((row, place) => [named[place], row[number]])
            .filter(([one, value]) => one !== null && isNumber(value))
            .map(([one, value]) => [one, Number(value.value)]),
        );
        if (values.size > 1) found.push({ name: columns[number], areas, values });
      }
    }
  }
  const once = new Map(found.map((one) => [`${one.areas} ${one.name}`, one]));
  return [...once.values()];
}

function code(term, areas, column) {
  if (term === null) return null;
  if (term.type === "uri") {
    const [, kind, key] = IRI.exec(term.value) ?? [];
    return `${kind}s` === areas ? decodeURIComponent(key) : null;
  }
  const pattern = areas === "departements" ? DEPARTEMENT : REGION;
  return SAYS[areas].test(column) && pattern.test(term.value) ? term.value : null;
}

/**
 * Classes of numbers with about as many in each: `[least, most]` of those in it, in order.
 * Numbers that are the same are in the same class, so that there may be fewer than `STEPS`.
 */
export function classes(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  if (distinct.length <= STEPS) return distinct.map((one) => [one, one]);
  const found = [];
  let from = 0;
  for (let step = 1; step <= STEPS && from < sorted.length; step++) {
    let to = Math.max(Math.round((sorted.length * step) / STEPS), from + 1);
    while (to < sorted.length && sorted[to] === sorted[to - 1]) to++;
    if (step === STEPS) to = sorted.length;
    found.push([sorted[from], sorted[to - 1]]);
    from = to;
  }
  return found;
}

/** The step of the ramp for a class among so many: the ends of the ramp are always used. */
export function shade(at, number) {
  return number < 2 ? STEPS - 1 : Math.round((at * (STEPS - 1)) / (number - 1));
}
