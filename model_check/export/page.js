"use strict";
// Every step shows the state anew from the first event on: nothing to undo when stepping back.
const run = JSON.parse(document.getElementById("run").textContent);
const get = (id) => document.getElementById(id);
const WAVE_LENGTH = 4, AROUND = 4;
const waveOf = (round) => Math.floor((round - 1) / WAVE_LENGTH) + 1;
let at = run.steps.length, chosen = run.chosen;

function make(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function newState() {
  return { round: 0, received: new Set(), inserted: new Set(), coins: new Map(), commits: new Map(),
    delivered: new Map(), decided: 0, last: "", crashed: false };
}

const changes = {
  round: (state, round) => { state.round = round; },
  receive: (state, node) => { state.received.add(node); },
  insert: (state, node) => { state.inserted.add(node); },
  coin: (state, wave, leader) => { state.coins.set(wave, leader); },
  commit: (state, node, wave, direct) => {
    state.commits.set(wave, { node, direct });
    state.decided = Math.max(state.decided, wave);
  },
  deliver: (state, node, wave, position) => {
    state.delivered.set(node, { wave, position });
    if (node !== null) state.last = `${run.nodes[node][2]} (#${position})`;
  },
  crash: (state) => { state.crashed = true; },
};

function statesAt(step) {
  const states = run.replicas.map(newState);
  for (const [replica, , , change, ...values] of run.steps.slice(0, step)) {
    if (Object.hasOwn(changes, change)) changes[change](states[replica], ...values);
  }
  return states;
}

function drawVertex(number, state, current) {
  const [round, source, , faulty] = run.nodes[number];
  const wave = waveOf(round), delivered = state.delivered.get(number);
  const commit = state.commits.get(wave), coin = state.coins.get(wave);
  const present = state.inserted.has(number) || Boolean(delivered);
  const classes = ["vertex"];
  if (faulty) classes.push("faulty");
  if (!present) classes.push("absent");
  if (delivered) classes.push("delivered", `w${delivered.wave % run.waveColours}`);
  if (round === WAVE_LENGTH * (wave - 1) + 1 && source === coin) classes.push("leader");
  if (commit && commit.node === number) classes.push("leader", commit.direct ? "direct" : "walked");
  if (present && coin !== undefined) classes.push("supporter");
  if (number === current) classes.push("now");
  const group = get(`vertex${number}`);
  group.setAttribute("class", classes.join(" "));
  group.querySelector(".order").textContent = delivered ? `#${delivered.position}` : "";
  for (const kind of ["strong", "weak"]) {
    get(kind + number)?.classList.toggle("hidden", !state.inserted.has(number));
  }
  get(`walk${number}`)?.classList.toggle("hidden", !commit || commit.node !== number || commit.direct);
}

function drawVerdict(text, state) {
  const wave = Number(text.id.slice("verdict".length));
  const coin = state.coins.get(wave), commit = state.commits.get(wave);
  const leader = coin === undefined ? "" : `leader ${run.replicas[coin]}${WAVE_LENGTH * (wave - 1) + 1}`;
  const how = commit ? `, ${commit.direct ? "committed directly" : "committed by walking back"}` : "";
  const wide = text.classList.contains("wide");
  text.textContent = wide ? (leader ? leader + how : "leader not known yet") : leader || "open";
}

function drawLanes(moment) {
  for (const group of document.querySelectorAll(".moment, .message")) {
    const number = Number(group.id.replace(/\D+/, ""));
    group.classList.toggle("later", number > moment);
    group.classList.toggle("now", number === moment);
  }
  const lanes = get("lanes"), svg = lanes.querySelector("svg");
  const share = moment < 0 ? 0 : run.columns[moment] / Math.max(...run.columns, 1);
  lanes.scrollLeft = share * svg.clientWidth - lanes.clientWidth / 2;
}

function drawTable(states) {
  get("states").replaceChildren(...run.choices.map((replica) => {
    const state = states[replica];
    const row = make("tr", "", replica === chosen ? "chosen" : "");
    const waiting = [...state.received].filter((node) => !state.inserted.has(node)).length;
    const name = run.replicas[replica] + (state.crashed ? " (crashed)" : "");
    const cells = [state.round, state.inserted.size, waiting, state.decided || "", state.delivered.size,
      state.last];
    row.append(make("td", name), ...cells.map((cell) => make("td", cell)));
    return row;
  }));
}

function drawLog() {
  const from = Math.max(0, Math.min(at - AROUND - 1, run.steps.length - 2 * AROUND - 1));
  const items = run.steps.slice(from, from + 2 * AROUND + 1).map(([replica, , text], i) =>
    make("li", `${run.replicas[replica]} ${text}`, from + i + 1 === at ? "now" : ""));
  get("log").start = from + 1;
  get("log").replaceChildren(...items);
}

function draw() {
  get("whose").textContent = `The DAG that replica ${run.replicas[chosen]} holds`;
  const step = run.steps[at - 1], states = statesAt(at);
  const hasNode = step && ["receive", "insert", "create", "commit", "deliver"].includes(step[3]);
  const current = hasNode && step[0] === chosen ? step[4] : null;
  for (let number = 0; number < run.drawn; number++) drawVertex(number, states[chosen], current);
  for (const text of document.querySelectorAll("[id^=verdict]")) drawVerdict(text, states[chosen]);
  drawLanes(step ? step[1] : -1);
  drawTable(states);
  drawLog();
  get("slider").value = at;
  get("place").textContent = `${at} of ${run.steps.length}`;
  get("now").textContent = step ? `${run.replicas[step[0]]} ${step[2]}` : "Nothing has happened yet.";
  for (const button of get("choices").children) {
    button.setAttribute("aria-pressed", String(Number(button.value) === chosen));
  }
}

function go(by) {
  const counts = (step) => step === 0 || !get("own").checked || run.steps[step - 1][0] === chosen;
  let to = at + by;
  while (to > 0 && to <= run.steps.length && !counts(to)) to += by;
  if (to >= 0 && to <= run.steps.length) at = to;
  draw();
}

function jump(to) { at = to; draw(); }

function choose(by) {
  const place = run.choices.indexOf(chosen) + by;
  chosen = run.choices[(place + run.choices.length) % run.choices.length];
  draw();
}

const keys = {
  ArrowLeft: () => go(-1), ArrowRight: () => go(1), Home: () => jump(0),
  End: () => jump(run.steps.length), ArrowUp: () => choose(-1), ArrowDown: () => choose(1),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
get("first").addEventListener("click", keys.Home);
get("back").addEventListener("click", keys.ArrowLeft);
get("forward").addEventListener("click", keys.ArrowRight);
get("last").addEventListener("click", keys.End);
// The names of the lanes stay in sight when the lanes move.
get("lanes").addEventListener("scroll", () => {
  for (const part of document.querySelectorAll("#lanes .still")) {
    part.setAttribute("transform", `translate(${get("lanes").scrollLeft})`);
  }
});
get("slider").max = run.steps.length;
get("slider").addEventListener("input", (event) => jump(Number(event.target.value)));
for (const replica of run.choices) {
  const button = make("button", run.replicas[replica]);
  button.type = "button";
  button.value = replica;
  button.title = `what replica ${run.replicas[replica]} holds (arrow up, arrow down)`;
  button.addEventListener("click", () => { chosen = replica; draw(); });
  get("choices").append(button);
}
draw();
