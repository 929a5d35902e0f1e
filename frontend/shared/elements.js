/** Makes elements, without any markup in strings. */

/** An element with these properties (`data-…`, `aria-…` and `role` as attributes) and children. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (/^(?:aria-|data-|role$|scope$|lang$|for$)/.test(key)) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A choice among `options`, pairs of value and text, under its label. */
export function choice(text, options, chosen, onChange) {
  const select = make(
    "select",
    {},
    ...options.map(([value, words]) => make("option", { value, textContent: words })),
  );
  select.value = chosen;
  select.addEventListener("change", () => onChange(select.value));
  return make("label", { className: "choice" }, make("span", { textContent: text }), select);
}
