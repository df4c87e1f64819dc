// The line to our own server, timed with a few bounded requests; and whether this browser lets two ends connect at all.
import { connects } from "./loopback.js";

const ROUNDS = 5;
const ANSWER_WITHIN = 15000;

export async function testConnection(panel, signal) {
  const line = panel.closest("[data-device-test]").dataset;
  const patience = new AbortController();
  const limit = setTimeout(() => patience.abort(), ANSWER_WITHIN);
  signal.addEventListener("abort", () => patience.abort());
  let figures;
  try {
    figures = await measure(line, patience.signal);
  } catch {
    return { finding: signal.aborted ? "skipped" : "unreachable" };
  } finally {
    clearTimeout(limit);
  }
  if (!(await connects(JSON.parse(line.ice), signal))) {
    return { finding: signal.aborted ? "skipped" : "no_media_path", figures };
  }
  const slow = figures.kbit_per_s < Number(line.enoughKbit) || figures.round_trip_ms > Number(line.mostMs);
  return { finding: slow ? "slow" : "good", figures };
}

async function measure(line, signal) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await timed(() => ask(`${line.sample}?short`, { signal })));
  }
  const roundTrip = rounds.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)];
  let sample;
  const down = await timed(async () => {
    sample = await (await ask(line.sample, { signal })).arrayBuffer();
  });
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const up = await timed(() => ask(line.sample, { method: "POST", body: sample, headers: { "X-CSRFToken": token }, signal }));
  // What the way there and back takes is no matter of how wide the line is.
  const seconds = Math.max(1, Math.max(down, up) - roundTrip) / 1000;
  return {
    round_trip_ms: Math.round(roundTrip),
    kbit_per_s: Math.round((sample.byteLength * 8) / 1000 / seconds),
  };
}

async function ask(url, options) {
  const answer = await fetch(url, { cache: "no-store", credentials: "same-origin", redirect: "error", ...options });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
