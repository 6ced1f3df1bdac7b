/** The two inboxes of whoever sits here: as a listener, and as the owner of songs. How much is unread stands in the top bar. */

import { connection } from './connection.svelte';
import { ApiError } from './http';
import { newsApi, type Inbox, type Whose } from './news-api';
import { remixes } from './remixes.svelte';

const LOOK_EVERY_MS = 15_000;

class Inboxes {
  boxes = $state<Record<Whose, Inbox | null>>({ mine: null, owner: null });
  trouble = $state<string | null>(null);
  /** Not at the owner's machine: that inbox is not asked for again. */
  #notOwner = false;

  get unread(): number {
    return (this.boxes.mine?.unread ?? 0) + (this.boxes.owner?.unread ?? 0);
  }

  get isOwner(): boolean {
    return this.boxes.owner !== null;
  }

  async look(): Promise<void> {
    const [before, newest] = [this.boxes.mine !== null, this.boxes.mine?.news[0]?.sequence];
    try {
      this.boxes.mine = await connection.through(newsApi.inbox('mine'), { quiet: true });
      this.trouble = null;
      // Something happened to what this listener made: the remixes say the same from now on.
      if (before && this.boxes.mine.news[0]?.sequence !== newest) void remixes.refresh();
    } catch (error) {
      this.trouble = (error as Error).message;
      return;
    }
    if (this.#notOwner) return;
    try {
      this.boxes.owner = await connection.through(newsApi.inbox('owner'), { quiet: true });
    } catch (error) {
      this.#notOwner = error instanceof ApiError && error.status === 403;
    }
  }

  async more(whose: Whose): Promise<void> {
    const box = this.boxes[whose];
    if (box?.next == null) return;
    const page = await connection.through(newsApi.inbox(whose, box.next));
    this.boxes[whose] = { ...page, news: [...box.news, ...page.news] };
  }

  /** All that is shown was seen; the marks of what was new stay until the next look. */
  async seen(whose: Whose): Promise<void> {
    const newest = this.boxes[whose]?.news[0]?.sequence;
    if (!newest || !this.boxes[whose]?.unread) return;
    const { unread } = await connection.through(newsApi.read(whose, newest));
    const box = this.boxes[whose];
    if (box) this.boxes[whose] = { ...box, unread };
  }

  /** Look now and then while the page is looked at. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (!connection.away && !document.hidden) void this.look();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }
}

export const inboxes = new Inboxes();
