// Two ends in one page that find each other as two browsers do, and send a word: proof of the browser, not of the wifi.
const CONNECTS_WITHIN = 15000;

export async function connects(iceServers, signal) {
  const near = new RTCPeerConnection({ iceServers });
  const far = new RTCPeerConnection({ iceServers });
  try {
    return await Promise.race([hearsWord(near, far), tooLate(signal)]);
  } catch {
    return false;
  } finally {
    near.close();
    far.close();
  }
}

async function hearsWord(near, far) {
  near.onicecandidate = ({ candidate }) => candidate && far.addIceCandidate(candidate).catch(() => {});
  far.onicecandidate = ({ candidate }) => candidate && near.addIceCandidate(candidate).catch(() => {});
  const heard = new Promise((resolve) => {
    far.ondatachannel = ({ channel }) => {
      channel.onmessage = () => resolve(true);
    };
  });
  const channel = near.createDataChannel("test");
  channel.onopen = () => channel.send("?");
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  return heard;
}

function tooLate(signal) {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), CONNECTS_WITHIN);
    signal.addEventListener("abort", () => resolve(false));
  });
}
