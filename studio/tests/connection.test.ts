import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connection } from '../src/lib/connection.svelte';

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));

describe('a slow answer', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is told after 300 ms, and not before', async () => {
    const call = connection.through(after(1000, 'answer'));
    await vi.advanceTimersByTimeAsync(290);
    expect(connection.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    expect(connection.slow).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await call).toBe('answer');
    expect(connection.slow).toBe(false);
  });
  it('stays told until the last of several came, also when one fails', async () => {
    const failing = connection.through(after(400, 0).then(() => Promise.reject(new Error('no')))).catch((error: Error) => error.message);
    const slow = connection.through(after(900, 1));
    await vi.advanceTimersByTimeAsync(500);
    expect(await failing).toBe('no');
    expect(connection.slow).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    await slow;
    expect(connection.slow).toBe(false);
  });
  it('that nobody waits for is not told', async () => {
    const quiet = connection.through(after(900, 1), { quiet: true });
    await vi.advanceTimersByTimeAsync(800);
    expect(connection.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await quiet;
  });
});
