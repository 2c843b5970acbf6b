// One page: the list of requests and their runs, and a page per run. Every string that came from a model or a dataset
// is put in as text, never as markup.
import { el, number, percent, duration, time, status, difference, interval, evidence } from "/format.js";
import { samplesCard } from "/samples.js";

const states = new Map();   // id -> run or request
const metrics = new Map();  // runId -> Map(metric key -> metric of the whole run)
const alerts = new Map();   // alertId -> alert
const page = document.getElementById("page");
const crumbs = document.getElementById("crumbs");
const live = document.getElementById("live");
const MEANING = {
  "interval": "Of the difference to the baseline, or of the score where there is none; valid at every moment, however often one looks.",
  "decided after": "Samples, in an order fixed before the run, after which the verdict was certain.",
  "e-value": "Evidence for the verdict: 1 is none, 20 is needed at alpha 0.05.",
  "saved": "Samples that were never sent because the verdict was certain before.",
};
const TABLE_MEANING = {
  "std. error": "Only for a completed run: it does not hold for one that is watched or was stopped. Samples of one cluster are taken together.",
  "Wilson 95 %": "Of 0/1 scores that are independent; only for a completed run.",
  "McNemar p / mid-p": "Only for a completed run: it does not hold for one that is watched or was stopped.",
  "interval of the score": "Valid at every moment, however often one looks.",
  "interval of that": "Of the difference; valid at every moment, however often one looks.",
  "e-value (worse)": "Evidence that it is worse than the baseline on questions like these: 1 is none, 20 raises an alert at alpha 0.05.",
};
let current = null;         // the run page that is shown

connect();
addEventListener("hashchange", show);
show();

function connect() {
  const events = new EventSource("/api/events");
  events.onopen = () => { live.textContent = "live"; live.className = "live on"; };
  events.onerror = () => { live.textContent = "reconnecting"; live.className = "live off"; };
  events.addEventListener("changes", event => {
    const changes = JSON.parse(event.data);
    for (const state of changes.states) states.set(state.id, state);
    for (const metric of changes.metrics) {
      if (!metrics.has(metric.runId)) metrics.set(metric.runId, new Map());
      metrics.get(metric.runId).set(metric.metric + "," + metric.filter, metric);
    }
    for (const alert of changes.alerts) alerts.set(alert.alertId, alert);
    refresh(changes);
  });
}

// The list is drawn again on every change; a run's page only when that run changed.
function refresh(changes) {
  const id = selected();
  if (id === null) return showList();
  const touched = changes.states.some(s => s.id === id || s.requestId === id) ||
    changes.metrics.some(m => m.runId === id) || changes.alerts.some(a => a.runId === id);
  if (touched && current && current.id === id) current.update();
}

function selected() {
  const match = location.hash.match(/^#\/run\/(.+)$/);
  return match ? decodeURIComponent(match[1]) : null;
}

function show() {
  const id = selected();
  current = null;
  if (id === null) { crumbs.replaceChildren(); showList(); }
  else { crumbs.textContent = id; current = runPage(id); current.update(); }
}

function link(id, text) {
  return el("a", { href: "#/run/" + encodeURIComponent(id) }, text);
}

// ---- the list

function showList() {
  const requests = [...states.values()].filter(s => s.kind === "REQUEST")
    .sort((a, b) => (b.plannedAt || b.updatedAt).localeCompare(a.plannedAt || a.updatedAt));
  const cards = requests.map(requestCard);
  const known = new Set(requests.map(r => r.id));
  const orphans = [...states.values()].filter(s => s.kind === "RUN" && !known.has(s.requestId));
  if (orphans.length) cards.push(el("section", { class: "card" }, runsTable(orphans)));
  page.replaceChildren(el("h1", {}, "Requests"), ...alertList([...alerts.values()].slice(-5).reverse()),
    ...(cards.length ? cards : [el("p", { class: "empty" },
      "Nothing was submitted yet. Try: evalfleet submit --tasks skills --models tinygpt-v1 --watch")]));
}

function requestCard(request) {
  const runs = [...states.values()].filter(s => s.kind === "RUN" && s.requestId === request.id)
    .sort((a, b) => a.task.localeCompare(b.task) || a.role.localeCompare(b.role) || a.model.localeCompare(b.model));
  const verdict = request.verdict ? [" ", status(request.verdict.outcome)] : [];
  const labels = Object.entries(request.labels).map(([key, value]) => key + "=" + value).join("  ");
  return el("section", { class: "card" },
    el("h2", {}, request.id, "  ", status(request.status), ...verdict, " ",
      el("span", { class: "soft" }, request.plannedAt ? time(request.plannedAt) : "", "  ", labels)),
    request.statusReason ? el("p", { class: "soft" }, request.statusReason) : "",
    ...request.problems.map(p => el("p", { class: "alert" }, el("strong", {}, p.where), " ", p.message)),
    runs.length ? runsTable(runs) : "");
}

function runsTable(runs) {
  const rows = runs.map(run => {
    const done = run.scored + run.failedModel + run.failedInfrastructure;
    const metric = primary(run);
    return el("tr", {},
      el("td", { class: "name" }, link(run.id, run.task)),
      el("td", { class: "name" }, run.model + (run.variant ? " / " + run.variant : "") + (run.role === "BASELINE" ? " (baseline)" : "")),
      el("td", { class: "whole" }, status(run.status), run.verdict && run.verdict.outcome !== "UNDECIDED" ? [" ", status(run.verdict.outcome)] : []),
      el("td", { class: "whole" }, el("progress", { max: Math.max(run.expected, 1), value: done }), " ", number(done), " / ", number(run.expected)),
      el("td", { class: "number" }, metric ? metric.metric : ""),
      el("td", { class: "number" }, metric && metric.value !== null ? percent(metric.value) : ""),
      el("td", { class: "number" }, metric ? difference(metric) : ""),
      el("td", { class: "number soft" }, metric ? metric.paired ? interval(metric.paired.lower, metric.paired.upper)
        : interval(metric.lower, metric.upper) : ""),
      el("td", { class: "number" }, run.verdict && run.verdict.outcome !== "UNDECIDED" ? number(run.verdict.n) + " of " + number(run.verdict.expected) : ""),
      el("td", { class: "number" }, run.verdict && run.verdict.outcome !== "UNDECIDED" ? evidence(run.verdict.eValue) : ""),
      el("td", { class: "number" }, run.saved ? number(run.saved) : ""),
      el("td", { class: "number" }, run.failedModel + run.failedInfrastructure || ""),
      el("td", { class: "number" }, duration(run.usage.latencyP50Ms)));
  });
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, ...["task", "model", "status", "progress"].map(t => el("th", {}, t)),
      ...["metric", "score", "vs. baseline", "interval", "decided after", "e-value", "saved", "failed", "latency p50"]
        .map(t => el("th", { class: "number", title: MEANING[t] }, t)))),
    el("tbody", {}, ...rows)));
}

function primary(run) {
  const all = metrics.get(run.id);
  if (!all) return null;
  return [...all.values()].find(m => m.metric === run.primaryMetric) || all.values().next().value;
}

function alertList(list) {
  return list.map(a => el("div", { class: "alert" }, el("strong", {}, a.kind.replaceAll("_", " ").toLowerCase()), "  ",
    link(a.runId, a.runId), "  ", a.message));
}

// ---- one run

function runPage(id) {
  const head = el("div", {});
  const chart = el("section", { class: "card" });
  const body = el("div", {});
  let samples = null;
  let pending = false;
  page.replaceChildren(head, chart, body);
  chart.hidden = true;

  async function update() {
    if (pending) return;
    pending = true;
    try {
      const answer = await fetch("/api/run?id=" + encodeURIComponent(id));
      if (!answer.ok) {
        head.replaceChildren(el("p", { class: "empty" }, answer.status === 404 ? "No such run (yet)." : await answer.text()));
        return;
      }
      draw(await answer.json());
    } finally { pending = false; }
  }

  function draw({ state, metrics: all, histories, alerts: raised }) {
    const usage = state.usage;
    head.replaceChildren(el("h1", {}, state.task ? state.task + " on " + state.model : state.id, "  ", status(state.status),
        state.verdict ? [" ", status(state.verdict.outcome)] : []),
      el("section", { class: "card" }, facts({
        "progress": number(state.scored + state.failedModel + state.failedInfrastructure) + " / " + number(state.expected),
        "failed (model)": number(state.failedModel), "failed (infrastructure)": number(state.failedInfrastructure),
        "cancelled": number(state.cancelled), "saved (never sent)": number(state.saved), "duplicates dropped": number(state.duplicates),
        "prompt tokens": number(usage.promptTokens), "output tokens": number(usage.outputTokens),
        "latency p50 / p95": duration(usage.latencyP50Ms) + " / " + duration(usage.latencyP95Ms),
        "first token p50 / p95": duration(usage.timeToFirstTokenP50Ms) + " / " + duration(usage.timeToFirstTokenP95Ms),
        "started": state.firstResultAt ? time(state.firstResultAt) : "", "ended": state.finishedAt ? time(state.finishedAt) : "",
        "pool": state.pool, "baseline": state.baselineRunId || "",
        "retry of": state.retryOf ? `${state.retryOf} (${state.retried} samples asked again, the others taken over)` : "",
      }), state.statusReason ? el("p", { class: "soft" }, state.statusReason) : "",
      state.verdict ? el("p", {}, "Verdict ", status(state.verdict.outcome), " after ", number(state.verdict.n), " of ",
        number(state.verdict.expected), state.verdict.claim === "DATASET" ? ", on this dataset" : ", on questions like these",
        state.verdict.eValue === null ? "" : ", e-value " + evidence(state.verdict.eValue),
        state.verdict.lower === null ? "" : ", interval " + interval(state.verdict.lower, state.verdict.upper),
        ": ", state.verdict.reason) : "",
      ...state.failures.map(f => el("p", { class: "soft" }, el("strong", {}, f.code), " ", number(f.count), " failed: ", f.example)),
      ...state.problems.map(p => el("p", { class: "alert" }, el("strong", {}, p.where), " ", p.message))),
      ...alertList(raised));
    drawChart(chart, histories);
    const children = [];
    if (all.length) children.push(el("section", { class: "card" }, el("h2", {}, "Metrics"), metricsTable(all)));
    if (state.kind === "REQUEST") {
      children.push(el("section", { class: "card" }, el("h2", {}, "Runs"),
        runsTable(state.runs.map(r => states.get(r)).filter(Boolean))));
    } else {
      samples = samples || samplesCard(id);
      children.push(samples);
    }
    body.replaceChildren(...children);
  }
  return { id, update };
}

function facts(pairs) {
  return el("dl", { class: "facts" }, ...Object.entries(pairs).filter(([, value]) => value !== "" && value !== "0")
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function metricsTable(all) {
  const rows = [...all].sort((a, b) => a.metric.localeCompare(b.metric) || a.filter.localeCompare(b.filter) || a.slice.localeCompare(b.slice))
    .map(m => el("tr", {},
      el("td", {}, m.metric, el("span", { class: "soft" }, m.filter === "none" ? "" : " " + m.filter)),
      el("td", { class: "name" }, m.slice || el("strong", {}, "all")),
      el("td", { class: "number" }, number(m.n), " / ", number(m.expected)),
      el("td", { class: "number" }, m.value === null ? "" : percent(m.value)),
      el("td", { class: "number soft" }, fixedError(m)),
      el("td", { class: "number soft" }, m.wilsonLower === null || m.clusters ? "" : interval(m.wilsonLower, m.wilsonUpper)),
      el("td", { class: "number soft" }, interval(m.lower, m.upper)),
      el("td", { class: "number" }, difference(m)),
      el("td", { class: "number soft" }, m.paired ? interval(m.paired.lower, m.paired.upper) : ""),
      el("td", { class: "number" }, m.paired ? evidence(m.paired.eValue) : ""),
      el("td", { class: "number soft" }, m.paired ? "+" + m.paired.gains + " −" + m.paired.losses : ""),
      el("td", { class: "number" }, m.paired && m.completed && m.paired.mcnemarP !== null
        ? m.paired.mcnemarP.toPrecision(2) + " / " + m.paired.mcnemarMidP.toPrecision(2) : ""),
      el("td", { class: "number" }, duration(m.usage.latencyP50Ms)),
      el("td", { class: "number" }, duration(m.usage.latencyP95Ms))));
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", {}, "metric"), el("th", {}, "slice"),
      ...["n", "score", "std. error", "Wilson 95 %", "interval of the score", "vs. baseline", "interval of that", "e-value (worse)", "flips", "McNemar p / mid-p", "latency p50", "p95"]
        .map(t => el("th", { class: "number", title: TABLE_MEANING[t] }, t)))),
    el("tbody", {}, ...rows)));
}

// With clusters the error of independent samples would be too small.
function fixedError(m) {
  const error = m.clusters ? m.clusteredStandardError : m.standardError;
  return error === null || !m.completed ? "" : "± " + percent(error) + (m.clusters ? " (" + number(m.clusters) + " clusters)" : "");
}

function drawChart(card, histories) {
  const [key, points] = Object.entries(histories)[0] || [];
  if (!points || points.length < 3) return;
  card.hidden = false;
  const data = [0, 1, 2, 3].map(column => points.map(point => point[column]));
  const ink = getComputedStyle(document.body).color;
  const line = (label, width, dash) => ({ label, stroke: "#1f5fbf", width, dash, value: (_, v) => v === null || v === undefined ? "" : percent(v) });
  const options = { width: Math.min(card.clientWidth - 32, 1180) || 800, height: 190,
    title: "", scales: { x: { time: false } },
    axes: [{ stroke: ink, label: "samples" }, { stroke: ink, size: 70, values: (_, values) => values.map(v => percent(v)) }],
    series: [{ label: "n" }, line(key.split("|")[1] || "score", 2), line("lower", 1, [4, 4]), line("upper", 1, [4, 4])] };
  card.replaceChildren();
  new uPlot(options, data, card);
}
