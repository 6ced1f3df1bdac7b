/** Whether the server answers. When it is away, one place keeps asking, and tells the others when it is back. */

import { api } from './api';
import { Unreachable } from './http';

const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 20;
/** What is answered sooner needs no sign that it is on its way. */
const SLOW_MS = 300;

class Connection {
  away = $state(false);
  retryInS = $state(0);
  /** Grows by one each time the server comes back: views reload when they see it change. */
  returns = $state(0);
  /** Somebody waits for an answer, and has waited long enough to wonder. */
  slow = $state(false);
  #waiting = 0;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #wait_s = FIRST_WAIT_S;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Pass a call through, noticing when nobody answers; `quiet` ones are not waited for by anybody. */
  async through<T>(work: Promise<T>, { quiet = false } = {}): Promise<T> {
    if (!quiet) this.#begin();
    try {
      const value = await work;
      if (this.away) this.#back();
      return value;
    } catch (error) {
      if (error instanceof Unreachable) this.lost();
      else if (this.away) this.#back();
      throw error;
    } finally {
      if (!quiet) this.#end();
    }
  }

  #begin(): void {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#slowTimer = setTimeout(() => (this.slow = true), SLOW_MS);
  }

  #end(): void {
    this.#waiting -= 1;
    if (this.#waiting) return;
    clearTimeout(this.#slowTimer);
    this.slow = false;
  }

  lost(): void {
    if (this.away) return;
    this.away = true;
    this.#wait_s = FIRST_WAIT_S;
    this.#countDown(FIRST_WAIT_S);
  }

  async retry(): Promise<void> {
    clearTimeout(this.#timer);
    this.retryInS = 0;
    try {
      await api.alive();
      this.#back();
    } catch (error) {
      if (!(error instanceof Unreachable)) return this.#back();
      this.#wait_s = Math.min(LONGEST_WAIT_S, this.#wait_s * 2);
      this.#countDown(this.#wait_s);
    }
  }

  #countDown(left_s: number): void {
    clearTimeout(this.#timer);
    this.retryInS = left_s;
    this.#timer = setTimeout(() => (left_s > 1 ? this.#countDown(left_s - 1) : void this.retry()), 1000);
  }

  #back(): void {
    clearTimeout(this.#timer);
    this.away = false;
    this.returns += 1;
  }
}

export const connection = new Connection();
