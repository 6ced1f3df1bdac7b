/**
 * A take as the server's desk plays it: stretch by stretch, from anywhere, with any faders.
 *
 * It stands in for a media element. Stretches are asked for a little before they are due and lie end to end on the audio
 * clock, each fading into the next. A moved fader is heard as soon as its first stretch has come: that crosses over with
 * what was playing, at the place that was due by then.
 */

import type { Recipe } from './api';

/** Short at first, so that it comes soon; longer once there is something to play. */
const FIRST_S = 1;
const STRETCH_S = 4;
const AHEAD_S = 5;
const FADE_S = 0.03;
/** How far ahead another voice's listener is met, to take over without a gap. */
const JOIN_S = 0.6;
/** How far from now a moved fader is aimed at; if its sound comes later, what is past is skipped. */
const AIM_S = 0.15;
const TICK_MS = 100;
const RATE = 44_100;
const WAV_HEAD = 44;

export type Fetcher = (recipe: Recipe | null, from_s: number, to_s: number, signal: AbortSignal) => Promise<ArrayBuffer>;

interface Playing {
  source: AudioBufferSourceNode;
  gain: GainNode;
  /** On the audio clock. */
  ends_at: number;
}

/** What the player needs of a media element. */
export interface Voice {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly ended: boolean;
  readonly seeking: boolean;
  readonly readyState: number;
  play(): Promise<void>;
  pause(): void;
}

/** A 16-bit stereo WAV of the server as samples, shape (channel, frame). */
export function samplesOf(wav: ArrayBuffer): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const frames = Math.max(0, Math.floor((wav.byteLength - WAV_HEAD) / 4));
  const numbers = new DataView(wav, Math.min(WAV_HEAD, wav.byteLength));
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  for (let at = 0; at < frames; at += 1) {
    left[at] = numbers.getInt16(at * 4, true) / 32767;
    right[at] = numbers.getInt16(at * 4 + 2, true) / 32767;
  }
  return [left, right];
}

export class DeskVoice implements Voice {
  playbackRate = 1;
  readonly seeking = false;
  #recipe: Recipe | null = null;
  #playing = false;
  /** Where the take stands while it is not played. */
  #at_s = 0;
  /** The take's place at a moment of the audio clock. */
  #anchor = { at_s: 0, clock: 0 };
  /** Up to here sound is laid on the clock. */
  #filled_s = 0;
  #laid: Playing[] = [];
  #asking: AbortController | null = null;
  /** A moved fader is on its way; further moves wait for it, so that a drag is heard all along. */
  #crossing = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly context: BaseAudioContext,
    private readonly out: AudioNode,
    readonly duration: number,
    private readonly fetchSound: Fetcher,
    private readonly on: { ended: () => void; failed: (error: Error) => void },
  ) {}

  get recipe(): Recipe | null {
    return this.#recipe;
  }

  get currentTime(): number {
    if (!this.#playing) return this.#at_s;
    // What has not come yet cannot have been heard.
    return Math.max(0, Math.min(this.#anchor.at_s + this.context.currentTime - this.#anchor.clock, this.#filled_s, this.duration));
  }

  set currentTime(to_s: number) {
    this.#at_s = Math.min(Math.max(0, to_s), this.duration);
    if (this.#playing) this.#begin();
  }

  get ended(): boolean {
    return this.currentTime >= this.duration - 0.01;
  }

  get readyState(): number {
    return this.#filled_s > this.currentTime + 0.05 || this.#filled_s >= this.duration ? 4 : 2;
  }

  async play(): Promise<void> {
    if (this.#playing) return;
    this.#playing = true;
    this.#begin();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /**
   * Take over from another voice where it will be in a moment. Resolves when this one is heard; false when it was paused
   * or put elsewhere before.
   */
  async join(place: () => number): Promise<boolean> {
    if (this.#playing) return false;
    this.#playing = true;
    for (let lead_s = JOIN_S; this.#playing; lead_s *= 2) {
      const from_s = Math.min(place() + lead_s, this.duration);
      const to_s = Math.min(from_s + FIRST_S, this.duration);
      const asking = (this.#asking = new AbortController());
      this.#at_s = this.#filled_s = from_s;
      this.#anchor = { at_s: from_s, clock: Number.POSITIVE_INFINITY };
      try {
        const wav = await this.fetchSound(this.#recipe, from_s, Math.min(to_s + FADE_S, this.duration), asking.signal);
        if (asking.signal.aborted || !this.#playing) return false;
        const wait_s = from_s - place();
        if (wait_s < 2 * FADE_S && from_s < this.duration) continue;
        this.#anchor = { at_s: from_s, clock: this.context.currentTime + wait_s };
        this.#lay(samplesOf(wav), from_s, to_s, false);
        this.#asking = null;
        this.#timer = setInterval(() => this.#tick(), TICK_MS);
        await new Promise((resolve) => setTimeout(resolve, wait_s * 1000));
        return this.#playing;
      } catch (error) {
        this.#playing = false;
        if (!asking.signal.aborted) throw error;
        return false;
      }
    }
    return false;
  }

  pause(): void {
    if (!this.#playing) return;
    this.#at_s = this.currentTime;
    this.#playing = false;
    clearInterval(this.#timer);
    this.#silence(this.context.currentTime);
    this.#asking?.abort();
    this.#asking = null;
  }

  /** Other faders: heard as soon as they have come, at the place that is due then. */
  setRecipe(recipe: Recipe | null): void {
    this.#recipe = recipe;
    if (this.#playing && !this.#crossing) void this.#cross();
  }

  /** `aim_s` ahead of now; further where the sound took longer to come than it lasts. */
  async #cross(aim_s = AIM_S): Promise<void> {
    this.#asking?.abort();
    this.#asking = null;
    const [wanted, asked_at] = [this.#recipe, this.context.currentTime];
    const from_s = Math.min(this.currentTime + aim_s, this.duration);
    this.#crossing = true;
    const laid = await this.#fetch(from_s, Math.min(from_s + FIRST_S + aim_s, this.duration), true);
    this.#crossing = false;
    if (!this.#playing) return;
    if (laid === 'late') void this.#cross(Math.min(AHEAD_S, 1.5 * (this.context.currentTime - asked_at)));
    else if (this.#recipe !== wanted) void this.#cross();
  }

  #begin(): void {
    this.#asking?.abort();
    this.#asking = null;
    this.#silence(this.context.currentTime);
    this.#anchor = { at_s: this.#at_s, clock: this.context.currentTime };
    this.#filled_s = this.#at_s;
    void this.#fetch(this.#at_s, Math.min(this.#at_s + FIRST_S, this.duration), false);
  }

  #tick(): void {
    if (!this.#playing) return;
    const now_s = this.currentTime;
    this.#laid = this.#laid.filter((each) => each.ends_at > this.context.currentTime);
    if (now_s >= this.duration - 0.01) {
      this.pause();
      this.#at_s = this.duration;
      this.on.ended();
      return;
    }
    if (!this.#asking && this.#filled_s < Math.min(this.duration, now_s + AHEAD_S)) {
      void this.#fetch(this.#filled_s, Math.min(this.#filled_s + STRETCH_S, this.duration), false);
    }
  }

  async #fetch(from_s: number, to_s: number, crossing: boolean): Promise<'laid' | 'late' | 'nothing'> {
    if (to_s <= from_s) return 'nothing';
    const asking = (this.#asking = new AbortController());
    try {
      // A little more than is due, to fade out under the next stretch.
      const wav = await this.fetchSound(this.#recipe, from_s, Math.min(to_s + FADE_S, this.duration), asking.signal);
      if (asking.signal.aborted || !this.#playing) return 'nothing';
      return this.#lay(samplesOf(wav), from_s, to_s, crossing);
    } catch (error) {
      if (!asking.signal.aborted) this.on.failed(error as Error);
      return 'nothing';
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  #lay([left, right]: [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>], from_s: number, to_s: number, crossing: boolean): 'laid' | 'late' {
    const now = this.context.currentTime + 0.01;
    let starts = this.#anchor.clock + from_s - this.#anchor.at_s;
    let skipped_s = 0;
    const ranDry = this.#anchor.at_s + now - this.#anchor.clock > this.#filled_s;
    if (crossing && !ranDry) {
      // Late: what is past is skipped, so that the music keeps its time.
      skipped_s = Math.max(0, now - starts);
      if (skipped_s >= to_s - from_s) return 'late';
      starts += skipped_s;
      this.#silence(starts);
    } else if (starts < now) {
      // It came too late to follow without a gap: the clock of the take waits for it.
      this.#anchor = { at_s: from_s, clock: now };
      starts = now;
    }
    const buffer = this.context.createBuffer(2, Math.max(1, left.length), RATE);
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const source = this.context.createBufferSource();
    const gain = this.context.createGain();
    source.buffer = buffer;
    source.connect(gain).connect(this.out);
    gain.gain.setValueAtTime(0, starts);
    gain.gain.linearRampToValueAtTime(1, starts + FADE_S);
    const ends = starts + to_s - from_s - skipped_s;
    gain.gain.setValueAtTime(1, ends);
    gain.gain.linearRampToValueAtTime(0, ends + FADE_S);
    source.start(starts, skipped_s);
    source.stop(ends + FADE_S);
    this.#laid.push({ source, gain, ends_at: ends + FADE_S });
    this.#filled_s = to_s;
    return 'laid';
  }

  /** Fade out whatever is laid on the clock from a moment on. */
  #silence(at: number): void {
    for (const { source, gain } of this.#laid) {
      gain.gain.cancelScheduledValues(at);
      gain.gain.setValueAtTime(gain.gain.value > 0 || at > this.context.currentTime + FADE_S ? 1 : 0, at);
      gain.gain.linearRampToValueAtTime(0, at + FADE_S);
      source.stop(at + FADE_S);
    }
    this.#laid = [];
  }
}
