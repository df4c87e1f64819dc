// Camera and microphone, as far as there are any. Whoever has only one of the two still takes part.
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no_device",
  OverconstrainedError: "no_device",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

const problemOf = (error) => PROBLEMS[error.name] ?? "no_device";

/** { stream, problem }: the stream may lack picture, sound or both; `problem` then says why, else it is "". */
export async function openMedia() {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: new MediaStream(), problem: "insecure" };
  let problem = "";
  for (const wanted of [{ audio: SOUND, video: PICTURE }, { audio: SOUND }, { video: PICTURE }]) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wanted), problem };
    } catch (error) {
      problem ||= problemOf(error);
      // Asking again after a refusal only shows the same question again.
      if (problem === "denied") break;
    }
  }
  return { stream: new MediaStream(), problem };
}

const ALONE = { camera: { video: PICTURE }, microphone: { audio: SOUND } };

/** One of the two, "camera" or "microphone", with nothing instead of it: `stream` is null where there is a problem. */
export async function openDevice(kind) {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: null, problem: "insecure" };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(ALONE[kind]), problem: "" };
  } catch (error) {
    return { stream: null, problem: problemOf(error) };
  }
}

export function stopMedia(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
