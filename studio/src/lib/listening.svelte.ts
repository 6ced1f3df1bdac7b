/** Tells the server what was truly heard of a take, so that its makers are paid, and shows what they earned. */

import { api } from './api';
import { newPlayId, PlayMeter, type Report, type Tick } from './plays';
import { remixes } from './remixes.svelte';

class Listening {
  /** The play that was counted last, for a short word of thanks on the page. */
  counted = $state<{ remixId: string; playId: string } | null>(null);
  #meter = new PlayMeter(newPlayId);
  #remixId: string | null = null;

  tick(remixId: string, tick: Tick): void {
    if (remixId !== this.#remixId) {
      this.#meter.restart();
      this.#remixId = remixId;
    }
    const report = this.#meter.tick(tick);
    if (report) void this.#send(remixId, report);
  }

  flush(remixId: string, closing = false): void {
    if (remixId !== this.#remixId) return;
    const report = this.#meter.flush();
    if (report) void this.#send(remixId, report, closing);
  }

  /** The page is going away: say what was heard so far. */
  close(): void {
    if (this.#remixId) this.flush(this.#remixId, true);
  }

  /** It ended, or something else was put on: what comes next is a new listening. */
  next(remixId: string): void {
    this.flush(remixId);
    if (remixId === this.#remixId) this.#meter.restart();
  }

  async #send(remixId: string, report: Report, closing = false): Promise<void> {
    try {
      const receipt = await api.play(remixId, report.playId, report.heardS, closing);
      if (closing) return;
      remixes.earned(remixId, receipt.earnings);
      if (receipt.counted) this.counted = { remixId, playId: report.playId };
    } catch {
      // Seconds heard add up within a listening: the next report carries what this one could not.
    }
  }
}

export const listening = new Listening();
