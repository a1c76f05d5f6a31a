// Elements from values. Everything shown goes in as text; nothing here reads markup.

/** A new element: `on…` attributes are listeners, false and null ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

/** The label of a term; the English one, where it is another, shows under the pointer. */
export const labelOf = ({ label, label_en: english }) => el("span", { class: "label", title: english }, label);

/** An English name beside one in another language; nothing where there is none. */
export const englishName = (text) => (text ? el("span", { class: "english", lang: "en" }, text) : null);

/** The element with an id. */
export const at = (id) => document.getElementById(id);

/** Put text into an element and hide the element when there is none. */
export function say(node, text) {
  node.textContent = text ?? "";
  node.hidden = !text;
}

/** A share between 0 and 1 as a width. */
export function wide(node, share) {
  node.style.width = `${(Math.max(0, Math.min(1, share)) * 100).toFixed(2)}%`;
  return node;
}

/** Call `work` once, `wait` milliseconds after the last call; `cancel()` calls it off. */
export function debounced(work, wait) {
  let timer = 0;
  const soon = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), wait);
  };
  soon.cancel = () => clearTimeout(timer);
  return soon;
}

const words = JSON.parse(at("words").content.textContent);

/** The word under `key`, with {names} filled in. */
export function word(key, values = {}) {
  const text = words[key] ?? key;
  const said = text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  return said.replace(/(?<=[\u3001-\u303f\u4e00-\u9fff]) (?=[\u3001-\u303f\u4e00-\u9fff])/g, ""); // spaces are for Latin letters
}

/** A share between 0 and 1 in percent. */
export function percent(share) {
  if (share > 0 && share < 0.01) return word("page.share_below");
  if (share > 0.99 && share < 1) return word("page.share_above");
  return `${Math.round(share * 100)} %`;
}
