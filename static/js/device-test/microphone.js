// How loud it is, as a bar that moves. Only a sound that is heard makes a microphone good: silence is a verdict.
import { openDevice, stopMedia } from "../call/media.js";

const LISTENS = 10000;
const LOOK_EVERY = 100;
// Of full strength: a quiet voice at arm's length, and well above what an empty room gives.
const VOICE = 0.02;
const OFTEN_ENOUGH = 3;

export async function testMicrophone(panel, signal) {
  const { stream, problem } = await openDevice("microphone");
  if (problem) return { finding: problem };
  const context = new AudioContext();
  const meter = panel.querySelector("meter");
  const stop = () => {
    stopMedia(stream);
    meter.hidden = true;
    if (context.state !== "closed") context.close();
  };
  try {
    if (signal.aborted) return { finding: "skipped" };
    signal.addEventListener("abort", () => stopMedia(stream));
    meter.hidden = false;
    return { finding: await hears(stream, context, meter, signal) };
  } finally {
    stop();
  }
}

async function hears(stream, context, meter, signal) {
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  await context.resume();
  const samples = new Float32Array(analyser.fftSize);
  let times = 0;
  for (const until = performance.now() + LISTENS; performance.now() < until; ) {
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY));
    if (signal.aborted) return "skipped";
    analyser.getFloatTimeDomainData(samples);
    const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    // A voice is soft as a number: its square root fills the bar as the ear does.
    meter.value = Math.min(1, Math.sqrt(level) * 1.5);
    if (level > VOICE) times += 1;
    if (times >= OFTEN_ENOUGH) return "good";
  }
  return "silent";
}
