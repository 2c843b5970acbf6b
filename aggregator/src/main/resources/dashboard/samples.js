// The samples of a run, a page at a time, read from the results topic by the run's times.
import { el, number, duration, status } from "/format.js";

export function samplesCard(id) {
  const list = el("div", {});
  const more = el("button", { onclick: () => load(false) }, "more");
  const note = el("span", { class: "soft" });
  let show = "all";
  let next = "";
  const choices = ["all", "wrong", "failed"].map(name => el("button", { onclick: () => { show = name; load(true); } }, name));

  async function load(fresh) {
    if (fresh) { next = ""; list.replaceChildren(); }
    choices.forEach(button => button.setAttribute("aria-pressed", String(button.textContent === show)));
    more.disabled = true;
    note.textContent = "reading…";
    const answer = await fetch("/api/samples?" + new URLSearchParams({ id, show, limit: "50", from: next }));
    more.disabled = false;
    if (!answer.ok) { note.textContent = await answer.text(); return; }
    const page = await answer.json();
    list.append(...page.samples.map(sampleRow));
    next = page.next || "";
    more.hidden = !next;
    note.textContent = list.childElementCount ? number(list.childElementCount) + " samples" : "no samples (yet)";
  }
  load(true);
  return el("section", { class: "card" }, el("h2", {}, "Samples"),
    el("div", { class: "controls" }, ...choices, note), list, more);
}

function sampleRow(sample) {
  const scores = sample.scores.map(s => s.metric + (s.filter === "none" ? "" : "," + s.filter) + " " + +s.value.toFixed(4)).join("  ");
  const output = answerOf(sample);
  const bad = sample.status === "FAILED" || sample.scores.some(s => s.value === 0);
  return el("details", {},
    el("summary", {}, el("span", { class: "soft" }, "#" + sample.position),
      el("span", { class: "text" }, lastLine(sample.prompt) + " → " + output),
      el("span", { class: bad ? "worse" : "better" }, sample.status === "FAILED" ? "failed" : scores)),
    el("div", { class: "soft" }, "document ", sample.documentId, "  ", sample.slices.join("  "), "  ",
      number(sample.promptTokens), " + ", number(sample.outputTokens), " tokens  ", duration(sample.latencyMs), "  ",
      sample.attempts > 1 ? sample.attempts + " attempts  " : "", sample.worker, "  ", sample.origin),
    sample.failure ? [status("FAILED"), el("pre", {}, sample.failure.kind + " " + sample.failure.code + ": " + sample.failure.cause)] : "",
    block("prompt", sample.messages.length ? sample.messages.map(m => m.role + ": " + m.content).join("\n\n") : sample.prompt),
    block("output", output),
    block("filtered", sample.filtered.map(f => f.filter + ": " + f.values.join(" | ")).join("\n")),
    block("target", sample.targets.join("\n")));
}

function answerOf(sample) {
  if (sample.requestType === "GENERATE_UNTIL") {
    return sample.outputs.map(o => o.text ?? (o.textHash ? "sha256:" + o.textHash : "")).join("\n---\n");
  }
  return sample.outputs.map((o, i) => (sample.choices[i] ?? "#" + i) + "  " +
    (o.logLikelihood === null ? "" : o.logLikelihood.toFixed(3))).join("\n");
}

function block(title, text) {
  return text ? [el("div", { class: "soft" }, title), el("pre", {}, text)] : "";
}

const lastLine = text => (text || "").trimEnd().split("\n").at(-1).slice(-120);
