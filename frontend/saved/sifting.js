/** Which texts have the words that somebody types. */

/** The keys of the pairs of key and text whose text has each of the words, accents aside. */
export function matching(entries, typed) {
  const sought = fold(typed).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return entries.filter(([, text]) => sought.every((word) => fold(text).includes(word))).map(([key]) => key);
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
