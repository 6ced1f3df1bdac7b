// Development only: short generated songs, so that the studio can be looked at and listened to without the service.

const RATE = 22050;

/** A seeded generator, so that every start of the mock sounds and looks the same. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A simple song: four chords, a bass, a beat; the energy follows the sections. `wet` sounds like the remix. */
export function song(duration_s, bpm, seed, wet) {
  const count = Math.floor(duration_s * RATE);
  const out = new Float32Array(count);
  const noise = random(seed);
  const beat_s = 60 / bpm;
  const roots = [220, 174.61, 261.63, 196];
  for (let n = 0; n < count; n += 1) {
    const t = n / RATE;
    const inBeat = (t / beat_s) % 1;
    const bar = Math.floor(t / (4 * beat_s));
    const root = roots[bar % 4] / (wet ? 1 : 2);
    const energy = 0.35 + 0.65 * Math.min(1, Math.abs(Math.sin((t / duration_s) * Math.PI * 3.2)));
    const tone = Math.sin(2 * Math.PI * root * t) + 0.6 * Math.sin(2 * Math.PI * root * 1.5 * t) + (wet ? 0.5 * Math.sin(2 * Math.PI * root * 2 * t) : 0);
    const hit = Math.exp(-inBeat * (wet ? 14 : 9)) * (noise() - 0.5);
    out[n] = energy * (0.13 * tone * (0.6 + 0.4 * Math.exp(-inBeat * 4)) + (wet ? 0.5 : 0.35) * hit);
  }
  return out;
}

export function header(count) {
  const bytes = Buffer.alloc(44);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + count * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(count * 2, 40);
  return bytes;
}

export function pcm(samples) {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, n) => bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), n * 2));
  return bytes;
}

export function peaks(samples, bars = 800) {
  const out = [];
  let top = 1e-9;
  for (let bar = 0; bar < bars; bar += 1) {
    let high = 0;
    const end = Math.floor(((bar + 1) * samples.length) / bars);
    for (let n = Math.floor((bar * samples.length) / bars); n < end; n += 1) high = Math.max(high, Math.abs(samples[n]));
    out.push(high);
    top = Math.max(top, high);
  }
  return out.map((peak) => Math.round((peak / top) * 1000) / 1000);
}
