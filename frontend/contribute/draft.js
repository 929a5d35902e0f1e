/** A draft as the browser keeps it: JSON of the names of fields with their values. */

/** Text of what a form sends, pairs of name and value. */
export function packed(pairs) {
  const found = new Map();
  for (const [name, value] of pairs) found.set(name, [...(found.get(name) ?? []), value]);
  return JSON.stringify([...found]);
}

/** What `packed` wrote, as pairs of name and values; null for what is no draft, or an empty one. */
export function unpacked(text) {
  if (!text) return null;
  let kept;
  try {
    kept = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(kept)) return null;
  const whole = kept.filter(
    (pair) => Array.isArray(pair) && typeof pair[0] === "string" && Array.isArray(pair[1]),
  );
  const filled = whole.some(([, values]) => values.some((value) => value !== ""));
  return filled ? whole.map(([name, values]) => [name, values.map(String)]) : null;
}
