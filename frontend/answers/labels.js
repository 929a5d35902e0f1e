/** Labels in the room that a drawing has for them. */

/** What a wide character takes of Chart.js's default font, in pixels. */
const CHARACTER = 7.5;
const FEWEST = 8;

/** How many characters fit in this part of a width in pixels. */
export function fitting(width, part) {
  return Math.max(FEWEST, Math.floor((width * part) / CHARACTER));
}

/** A text of at most so many characters; one that is longer ends in an ellipsis. */
export function shorten(text, most) {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("").trimEnd()}…`;
}
