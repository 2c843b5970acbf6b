// Elements and figures. Strings become text nodes, whatever they hold.
export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== "" && child !== null && child !== undefined) element.append(child);
  }
  return element;
}

export const number = value => value.toLocaleString("en");

/// Scores in [-1, 1] as percent, others as they are.
export function percent(value) {
  return Math.abs(value) <= 1 ? (100 * value).toFixed(1) + " %" : value.toPrecision(4);
}

export function duration(ms) {
  if (ms === null || ms === undefined) return "";
  if (ms < 10) return ms.toFixed(1) + " ms";
  return ms < 1000 ? Math.round(ms) + " ms" : (ms / 1000).toFixed(1) + " s";
}

export const time = iso => new Date(iso).toLocaleString();

export function status(name) {
  return el("span", { class: "status " + name }, name.replaceAll("_", " ").toLowerCase());
}

export function interval(lower, upper) {
  return lower === null || upper === null ? "" : "[" + percent(lower) + ", " + percent(upper) + "]";
}

/// Evidence: 1 is none, 20 is what an alert at alpha 0.05 needs.
export function evidence(value) {
  if (value === null || value === undefined) return "";
  return value >= 1e6 ? value.toExponential(0) : value >= 100 ? number(Math.round(value)) : value.toFixed(value < 1 ? 2 : 1);
}

/// Coloured only where it is certain: by what holds at every moment while the run goes on, by the ordinary test once
/// all samples are there.
export function difference(metric) {
  const paired = metric.paired;
  if (!paired || !paired.pairs) return "";
  const worse = metric.higherIsBetter ? paired.difference < 0 : paired.difference > 0;
  const always = (paired.lower !== null && (paired.lower > 0 || paired.upper < 0)) || (worse && paired.eValue >= 20);
  const certain = always || (metric.completed && paired.mcnemarP !== null && paired.mcnemarP < 0.05);
  const text = (paired.difference > 0 ? "+" : "") + percent(paired.difference);
  return el("span", { class: certain ? (worse ? "worse" : "better") : "" }, text);
}
