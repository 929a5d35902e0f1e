/** The texts of the page, which the server wrote in its language; numbers as it writes them. */

export const lang = document.documentElement.lang || "fr";

let texts = {};
const plural = new Intl.PluralRules(lang);
const decimal = new Intl.NumberFormat(lang, { maximumFractionDigits: 20 });
const shortDecimal = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" });

/** Takes the texts from an element that carries them, beside those that are known. */
export function learn(json) {
  texts = { ...texts, ...JSON.parse(json) };
}

/** The text of that name, each `{}` in it replaced by the next of `values`. */
export function say(name, ...values) {
  let at = 0;
  return (texts[name] ?? name).replace(/\{\}/g, () => values[at++]);
}

/** The text of a number of things: `name` has the forms `.one` and `.many`. */
export function count(name, number) {
  return say(`${name}.${plural.select(number) === "one" ? "one" : "many"}`, write(number));
}

/** A number, or the text of one, to its last digit. */
export function write(number) {
  return decimal.format(number);
}

/** A number in few digits. */
export function brief(number) {
  return shortDecimal.format(number);
}

/** A day such as 2014-03-30 in words. */
export function dated(iso) {
  return day.format(new Date(`${iso}T00:00:00Z`));
}
