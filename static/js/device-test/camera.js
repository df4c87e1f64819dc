// The own picture, shown to nobody else, from the press until this step is left.
import { openDevice, stopMedia } from "../call/media.js";

const PICTURE_WITHIN = 8000;

export async function testCamera(panel, signal) {
  const { stream, problem } = await openDevice("camera");
  if (problem) return { finding: problem };
  if (signal.aborted) {
    stopMedia(stream);
    return { finding: "skipped" };
  }
  const video = panel.querySelector("video");
  signal.addEventListener("abort", () => {
    stopMedia(stream);
    video.srcObject = null;
    video.hidden = true;
  });
  video.srcObject = stream;
  video.hidden = false;
  if (await showsPicture(video, signal)) return { finding: "good" };
  // It was given to us, and yet gives no picture: another program holds it.
  stopMedia(stream);
  video.hidden = true;
  return { finding: "in_use" };
}

function showsPicture(video, signal) {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), PICTURE_WITHIN);
    const end = (shown) => {
      clearTimeout(limit);
      resolve(shown);
    };
    video.addEventListener("loadeddata", () => end(true), { once: true, signal });
    signal.addEventListener("abort", () => end(false), { once: true });
    video.play().catch(() => {});
  });
}
