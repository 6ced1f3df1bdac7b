import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Remix, RemixStatus } from '../src/lib/api';
import { follow } from '../src/lib/following';

class Stream {
  static last: Stream | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  #listener: ((event: { data: string }) => void) | null = null;
  constructor(readonly url: string) {
    Stream.last = this;
  }
  addEventListener(_: string, listener: (event: { data: string }) => void): void {
    this.#listener = listener;
  }
  close(): void {
    this.closed = true;
  }
  push(remix: Remix): void {
    this.#listener?.({ data: JSON.stringify(remix) });
  }
}

const remix = (status: RemixStatus, progress = 0.5): Remix => ({ id: 'r1', status, progress }) as Remix;
const answer = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

describe('follow', () => {
  const seen: string[] = [];
  const listener = {
    update: (now: Remix) => void seen.push(now.status),
    gone: (message: string) => void seen.push(`gone: ${message}`),
    away: () => void seen.push('away'),
  };
  const fetched = vi.fn<typeof fetch>();

  beforeEach(() => {
    seen.length = 0;
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', Stream);
    vi.stubGlobal('fetch', fetched.mockReset());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('takes what the stream pushes and closes it at the end', () => {
    follow('r1', listener);
    Stream.last!.push(remix('rendering'));
    Stream.last!.push(remix('ready'));
    expect(seen).toEqual(['rendering', 'ready']);
    expect(Stream.last!.closed).toBe(true);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('asks instead when the stream fails, until it is done', async () => {
    fetched.mockResolvedValueOnce(answer(200, remix('rendering'))).mockResolvedValueOnce(answer(200, remix('ready')));
    follow('r1', listener);
    Stream.last!.onerror?.();
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen).toEqual(['rendering', 'ready']);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('asks instead when the stream stays silent', async () => {
    fetched.mockResolvedValue(answer(200, remix('cancelled')));
    follow('r1', listener);
    await vi.advanceTimersByTimeAsync(7000);
    expect(seen).toEqual(['cancelled']);
    expect(Stream.last!.closed).toBe(true);
  });

  it('says that nobody answers, waits longer each time, and goes on when somebody does', async () => {
    fetched.mockRejectedValueOnce(new TypeError('no')).mockRejectedValueOnce(new TypeError('no')).mockResolvedValue(answer(200, remix('ready')));
    follow('r1', listener);
    Stream.last!.onerror?.();
    await vi.advanceTimersByTimeAsync(1500);
    expect(seen).toEqual(['away']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen).toEqual(['away', 'away', 'ready']);
  });

  it('ends for a remix that does not exist', async () => {
    fetched.mockResolvedValue(answer(404, { error: { code: 'not_found', message: 'There is no such remix.' } }));
    follow('r1', listener);
    Stream.last!.onerror?.();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen).toEqual(['gone: There is no such remix.']);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('says nothing more once it is stopped', async () => {
    fetched.mockResolvedValue(answer(200, remix('rendering')));
    const stop = follow('r1', listener);
    Stream.last!.onerror?.();
    stop();
    Stream.last!.push(remix('ready'));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen).toEqual([]);
  });
});
