/** Whether the server answers. When it is away, one place keeps asking, and tells the others when it is back. */

import { api } from './api';
import { Unreachable } from './http';

const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 20;

class Connection {
  away = $state(false);
  retryInS = $state(0);
  /** Grows by one each time the server comes back: views reload when they see it change. */
  returns = $state(0);
  #wait_s = FIRST_WAIT_S;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Pass a call through, noticing when nobody answers. */
  async through<T>(work: Promise<T>): Promise<T> {
    try {
      const value = await work;
      if (this.away) this.#back();
      return value;
    } catch (error) {
      if (error instanceof Unreachable) this.lost();
      else if (this.away) this.#back();
      throw error;
    }
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
