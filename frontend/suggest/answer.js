/** An answer of the server, as the list of suggestions shows it. */

/** Suggestions by what they are, in the order of the best of each: pairs of title and hits. */
export function grouped(hits) {
  const groups = new Map();
  for (const hit of hits) {
    const title = hit.classLabel ?? "";
    if (!groups.has(title)) groups.set(title, []);
    groups.get(title).push(hit);
  }
  return [...groups];
}

/** A label cut where words of it begin as the typed ones do: pairs of text and whether it does. */
export function marked(label, typed) {
  const sought = words(typed).map(([, word]) => fold(word));
  const parts = [];
  let done = 0;
  for (const [start, word] of words(label)) {
    const folded = fold(word);
    const length = Math.max(0, ...sought.filter((one) => folded.startsWith(one)).map((one) => kept(word, one.length)));
    if (length === 0) continue;
    if (start > done) parts.push([label.slice(done, start), false]);
    parts.push([label.slice(start, start + length), true]);
    done = start + length;
  }
  if (done < label.length) parts.push([label.slice(done), false]);
  return parts;
}

/** How many characters of a word fold to that many. */
function kept(word, folded) {
  let end = 0;
  while (end < word.length && fold(word.slice(0, end)).length < folded) end += 1;
  return end;
}

function words(text) {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map((found) => [found.index, found[0]]);
}

/** Folded as the server folds what it looks up. */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae");
}
