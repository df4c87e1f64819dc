// Three notes, as often as asked; only the listener knows whether they were heard.
const NOTES = [440, 554, 659];
const LASTS = 0.35;

export async function testSpeaker(panel, signal) {
  const context = new AudioContext();
  signal.addEventListener("abort", () => context.close());
  await context.resume();
  play(context);
  return new Promise((resolve) => {
    panel.addEventListener(
      "click",
      (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.answer) resolve({ finding: button.dataset.answer });
        if (button?.matches("[data-play]")) play(context);
      },
      { signal },
    );
    signal.addEventListener("abort", () => resolve({ finding: "skipped" }));
  });
}

function play(context) {
  const starts = context.currentTime + 0.05;
  for (const [number, pitch] of NOTES.entries()) {
    const at = starts + number * LASTS;
    const note = context.createOscillator();
    const loudness = context.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.4, at + 0.03);
    loudness.gain.linearRampToValueAtTime(0, at + LASTS);
    note.connect(loudness).connect(context.destination);
    note.start(at);
    note.stop(at + LASTS);
  }
}
