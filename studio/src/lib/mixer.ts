/** The two sides' way to the loudspeaker: one audio context, a fader per side that moves without a click, a meter. */

import type { Side } from './position';

/** Long enough not to click, short enough to feel like a switch. */
const FADE_S = 0.012;
const SILENT_DBFS = -120;

export interface Levels {
  peak_dbfs: number;
  rms_dbfs: number;
}

const toDb = (value: number): number => (value > 0 ? Math.max(SILENT_DBFS, 20 * Math.log10(value)) : SILENT_DBFS);

export class Mixer {
  #context: AudioContext | null = null;
  #faders: Partial<Record<Side, GainNode>> = {};
  #master: GainNode | null = null;
  #analyser: AnalyserNode | null = null;
  #buffer = new Float32Array(0);
  #gains: Record<Side, number> = { take: 0, original: 0 };
  #volume = 1;

  constructor(private readonly elements: Record<Side, HTMLMediaElement>) {}

  /** Call from a user's gesture: browsers start audio contexts only then. Without Web Audio the elements' volumes do. */
  open(): void {
    if (this.#context) {
      if (this.#context.state === 'suspended') void this.#context.resume();
      return;
    }
    if (typeof AudioContext === 'undefined') return;
    const context = new AudioContext({ latencyHint: 'balanced' });
    const master = context.createGain();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    for (const side of ['take', 'original'] as const) {
      const fader = context.createGain();
      fader.gain.value = this.#gains[side];
      context.createMediaElementSource(this.elements[side]).connect(fader).connect(master);
      this.elements[side].volume = 1;
      this.#faders[side] = fader;
    }
    master.gain.value = this.#volume;
    master.connect(analyser).connect(context.destination);
    [this.#context, this.#master, this.#analyser] = [context, master, analyser];
    this.#buffer = new Float32Array(analyser.fftSize);
    if (context.state === 'suspended') void context.resume();
  }

  /** False while the browser still waits for a gesture: the elements then run, but nothing is heard. */
  get running(): boolean {
    return this.#context === null || this.#context.state === 'running';
  }

  /** Where a voice that is no media element joins a side; null without Web Audio. */
  input(side: Side): { context: BaseAudioContext; node: AudioNode } | null {
    const node = this.#faders[side];
    return this.#context && node ? { context: this.#context, node } : null;
  }

  /** Gains are linear and at most 1: this mixer never makes anything louder. */
  setGains(gains: Record<Side, number>): void {
    this.#gains = { take: Math.min(1, gains.take), original: Math.min(1, gains.original) };
    this.#apply();
  }

  setVolume(volume: number): void {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#apply();
  }

  #apply(): void {
    for (const side of ['take', 'original'] as const) {
      const fader = this.#faders[side];
      if (fader) this.#ramp(fader, this.#gains[side]);
      else this.elements[side].volume = this.#gains[side] * this.#volume;
    }
    if (this.#master) this.#ramp(this.#master, this.#volume);
  }

  #ramp(node: GainNode, to: number): void {
    const now = node.context.currentTime;
    node.gain.cancelScheduledValues(now);
    node.gain.setValueAtTime(node.gain.value, now);
    node.gain.linearRampToValueAtTime(to, now + FADE_S);
  }

  /** What leaves the mixer right now, after both faders and the volume. */
  levels(): Levels {
    if (!this.#analyser) return { peak_dbfs: SILENT_DBFS, rms_dbfs: SILENT_DBFS };
    this.#analyser.getFloatTimeDomainData(this.#buffer);
    let [peak, sum] = [0, 0];
    for (const sample of this.#buffer) {
      peak = Math.max(peak, Math.abs(sample));
      sum += sample * sample;
    }
    return { peak_dbfs: toDb(peak), rms_dbfs: toDb(Math.sqrt(sum / this.#buffer.length)) };
  }
}
