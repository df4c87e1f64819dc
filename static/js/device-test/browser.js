// Whether this browser can make video calls, and which it is: family and major version, nothing finer.
const FAMILIES = [
  ["samsung", /SamsungBrowser\/(\d+)/],
  ["edge", /Edg(?:A|iOS)?\/(\d+)/],
  ["firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["safari", /Version\/(\d+).*Safari\//],
];

export function findBrowser() {
  if (!window.isSecureContext) return "insecure";
  const able = window.RTCPeerConnection && window.AudioContext && navigator.mediaDevices?.getUserMedia;
  return able ? "good" : "unsupported";
}

export function browserFigures(agent = navigator.userAgent) {
  for (const [family, pattern] of FAMILIES) {
    const major = agent.match(pattern)?.[1];
    if (major) return { browser_family: family, browser_major: major };
  }
  return { browser_family: "other" };
}
