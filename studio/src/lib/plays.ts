/**
 * What counts as having heard something: sound that really came out, second by second of the song.
 *
 * The clock on the wall does not count, nor does a pause, a muted player, a jump, or listening to the original.
 */

const REPORT_EVERY_S = 5;
/** Media clocks are read a few times a second; a step beyond this is a jump and not listening. */
const LONGEST_STEP_S = 1.5;

export interface Report {
  playId: string;
  heardS: number;
}

export interface Tick {
  /** Where the media element is, in seconds. */
  position_s: number;
  /** A monotonic clock, in seconds. */
  now_s: number;
  /** True only when the take is playing, is the side that is heard, and is not muted or at volume zero. */
  audible: boolean;
}

export class PlayMeter {
  #playId: string;
  #heard_s = 0;
  #reported_s = 0;
  #last: Tick | null = null;

  constructor(private readonly newId: () => string) {
    this.#playId = newId();
  }

  get heard_s(): number {
    return this.#heard_s;
  }

  get playId(): string {
    return this.#playId;
  }

  /** One reading of the player; gives a report when another five seconds have been heard. */
  tick(tick: Tick): Report | null {
    const last = this.#last;
    this.#last = tick;
    if (!last || !last.audible || !tick.audible) return null;
    const moved_s = tick.position_s - last.position_s;
    const passed_s = tick.now_s - last.now_s;
    // Song time may not run ahead of real time: what does is a seek.
    if (moved_s <= 0 || moved_s > LONGEST_STEP_S || moved_s > passed_s * 1.25 + 0.3) return null;
    this.#heard_s += moved_s;
    return this.#heard_s - this.#reported_s >= REPORT_EVERY_S ? this.#report() : null;
  }

  /** What is heard and not yet told: for a pause, the end, or a closing page. */
  flush(): Report | null {
    return this.#heard_s - this.#reported_s >= 0.5 ? this.#report() : null;
  }

  /** The song ended or another one was loaded: what comes now is a new listening. */
  restart(): void {
    this.#playId = this.newId();
    this.#heard_s = 0;
    this.#reported_s = 0;
    this.#last = null;
  }

  #report(): Report {
    this.#reported_s = this.#heard_s;
    return { playId: this.#playId, heardS: Math.round(this.#heard_s * 100) / 100 };
  }
}

/** An id for one listening. `crypto.randomUUID` exists on secure pages only; a LAN address over http is not one. */
export function newPlayId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
