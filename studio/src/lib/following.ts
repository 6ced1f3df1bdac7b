/** A remix while it is being made: pushed by the server where that works, asked for where it does not. */

import { api, type Remix, type RemixStatus } from './api';
import { ApiError } from './http';

const FINAL: ReadonlySet<RemixStatus> = new Set(['ready', 'refused', 'failed', 'cancelled']);
const POLL_MS = 1000;
const SLOWEST_POLL_MS = 8000;
/** A stream that opens but says nothing for this long is behind a proxy that holds it back. */
const SILENCE_MS = 6000;

export const isFinal = (remix: Remix): boolean => FINAL.has(remix.status);
/** Whether work is being done for it; one that waits for an owner may wait for days. */
export const isMaking = (remix: Remix): boolean => remix.status === 'queued' || remix.status === 'rendering';

export interface Listener {
  update: (remix: Remix) => void;
  /** The remix does not exist (any more); nothing more will come. */
  gone: (message: string) => void;
  /** No answer for now; asking goes on. */
  away: () => void;
}

/** Follow a remix until its status is final. Returns the way to stop. */
export function follow(id: string, listener: Listener): () => void {
  let stopped = false;
  let poll: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let stream: EventSource | null = null;
  const asking = new AbortController();

  const stop = (): void => {
    stopped = true;
    clearTimeout(poll);
    clearTimeout(silence);
    stream?.close();
    asking.abort();
  };
  const take = (remix: Remix): void => {
    if (stopped) return;
    if (isFinal(remix)) stop();
    listener.update(remix);
  };
  const ask = async (next_ms: number): Promise<void> => {
    if (stopped) return;
    let wait_ms = POLL_MS;
    try {
      const remix = await api.remix(id, asking.signal);
      if (remix.status === 'held') wait_ms = SLOWEST_POLL_MS;
      take(remix);
    } catch (error) {
      if (stopped) return;
      if (error instanceof ApiError && (error.status === 404 || error.status === 403)) {
        stop();
        listener.gone(error.message);
        return;
      }
      if (!(error instanceof ApiError)) listener.away();
      wait_ms = Math.min(SLOWEST_POLL_MS, next_ms * 2);
    }
    if (!stopped) poll = setTimeout(() => void ask(wait_ms), wait_ms);
  };
  const fallBack = (): void => {
    stream?.close();
    stream = null;
    clearTimeout(silence);
    if (!stopped && poll === undefined) poll = setTimeout(() => void ask(POLL_MS), 0);
  };
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(fallBack, SILENCE_MS);
  };

  if (typeof EventSource === 'undefined') {
    fallBack();
    return stop;
  }
  stream = new EventSource(api.eventsUrl(id));
  heard();
  stream.addEventListener('remix', (event) => {
    heard();
    try {
      take(JSON.parse((event as MessageEvent<string>).data) as Remix);
    } catch {
      fallBack();
    }
  });
  stream.onerror = fallBack;
  return stop;
}
