/** This person's remixes, shared by every view and told to the other tabs. */

import { api, type Earnings, type Remix } from './api';
import { announcer } from './announce.svelte';
import { connection } from './connection.svelte';
import { follow, isFinal, isMaking } from './following';
import { percent, sentenceCase } from './format';

const ANNOUNCE_STEP = 25;
const LIST_EVERY_MS = 3000;

class Remixes {
  byId = $state<Record<string, Remix>>({});
  loaded = $state(false);
  trouble = $state<string | null>(null);
  /** Remixes that the server says do not exist, with its sentence. */
  missing = $state<Record<string, string>>({});
  #stop: (() => void) | null = null;
  #following: string | null = null;
  #said = '';
  #tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('contrafact.remixes');

  constructor() {
    if (this.#tabs) this.#tabs.onmessage = () => void this.refresh();
  }

  get list(): Remix[] {
    return Object.values(this.byId).sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  }

  get busy(): number {
    return Object.values(this.byId).filter(isMaking).length;
  }

  async refresh(): Promise<void> {
    try {
      const remixes = await connection.through(api.remixes());
      this.byId = Object.fromEntries(remixes.map((remix) => [remix.id, remix]));
      this.loaded = true;
      this.trouble = null;
    } catch (error) {
      this.trouble = (error as Error).message;
    }
  }

  put(remix: Remix): void {
    const before = this.byId[remix.id];
    this.byId[remix.id] = remix;
    delete this.missing[remix.id];
    if (!before || before.status !== remix.status) this.#tabs?.postMessage('changed');
  }

  /**
   * Keep one remix up to date until it is done. One stream at a time: browsers allow six connections to a server, and the
   * sound needs some; the others are seen through the list.
   */
  follow(id: string): void {
    if (this.#following === id) return;
    this.#stop?.();
    this.#following = id;
    this.#said = '';
    this.#stop = follow(id, {
      update: (remix) => {
        if (connection.away) void connection.retry();
        this.#announce(remix);
        this.put(remix);
        if (isFinal(remix)) this.#following = null;
      },
      gone: (message) => {
        this.#following = null;
        this.missing[id] = message;
      },
      away: () => connection.lost(),
    });
  }

  /** Ask for the list again while something is being made that no stream reports. */
  watchList(): () => void {
    const timer = setInterval(() => {
      const unseen = Object.values(this.byId).some((remix) => isMaking(remix) && remix.id !== this.#following);
      if (unseen && !connection.away && !document.hidden) void this.refresh();
    }, LIST_EVERY_MS);
    return () => clearInterval(timer);
  }

  async cancel(id: string): Promise<void> {
    this.put(await connection.through(api.cancel(id)));
    announcer.say('Cancelled.');
  }

  earned(id: string, earnings: Earnings): void {
    const remix = this.byId[id];
    if (remix) this.byId[id] = { ...remix, earnings };
  }

  #announce(remix: Remix): void {
    const step = Math.floor(percent(remix.progress) / ANNOUNCE_STEP) * ANNOUNCE_STEP;
    const sentence = {
      ready: 'The remix is ready.',
      held: 'The remix is made. Its owners hear it first.',
      refused: `An owner did not agree. ${remix.error ?? ''}`,
      failed: `The remix failed. ${remix.error ?? ''}`,
      cancelled: 'The remix was cancelled.',
      queued: 'Waiting for its turn.',
      rendering: `${sentenceCase(remix.stage)}, ${step} percent.`,
    }[remix.status];
    if (sentence !== this.#said) announcer.say(sentence);
    this.#said = sentence;
  }
}

export const remixes = new Remixes();
