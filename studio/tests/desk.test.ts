import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Recipe } from '../src/lib/api';
import { DeskVoice, samplesOf } from '../src/lib/desk';
import { plainRecipe } from './recipes';

/** A WAV of the server: 44 bytes, then 16-bit stereo. */
function wav(seconds: number): ArrayBuffer {
  const data = new DataView(new ArrayBuffer(44 + Math.round(seconds * 44_100) * 4));
  for (let at = 44; at + 3 < data.byteLength; at += 4) {
    data.setInt16(at, 16_384, true);
    data.setInt16(at + 2, -32_767, true);
  }
  return data.buffer;
}

interface Laid { starts: number; offset: number; stops: number }

/** An audio clock that the test moves, and what was laid on it. */
function clock(): { context: BaseAudioContext; laid: Laid[]; move: (seconds: number) => Promise<void> } {
  const laid: Laid[] = [];
  const context = {
    currentTime: 0,
    createBuffer: () => ({ copyToChannel: () => undefined }),
    createGain: () => ({ gain: { value: 1, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined, cancelScheduledValues: () => undefined }, connect: (to: unknown) => to }),
    createBufferSource: () => {
      const item: Laid = { starts: 0, offset: 0, stops: 0 };
      return { connect: (to: unknown) => to, start: (at: number, offset: number) => { item.starts = at; item.offset = offset; laid.push(item); }, stop: (at: number) => (item.stops = at) };
    },
  };
  const move = async (seconds: number): Promise<void> => {
    for (let left = seconds; left > 1e-9; left -= 0.1) {
      context.currentTime += Math.min(0.1, left);
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  return { context: context as unknown as BaseAudioContext, laid, move };
}

describe('the desk', () => {
  let asked: { recipe: Recipe | null; from_s: number; to_s: number }[];
  let delay_ms: number;
  let ended: number;
  let failed: string[];
  let at: ReturnType<typeof clock>;
  let voice: DeskVoice;
  beforeEach(() => {
    vi.useFakeTimers();
    [asked, delay_ms, ended, failed, at] = [[], 0, 0, [], clock()];
    voice = new DeskVoice(at.context, {} as AudioNode, 20, async (recipe, from_s, to_s, signal) => {
      asked.push({ recipe, from_s, to_s });
      await new Promise((resolve) => setTimeout(resolve, delay_ms));
      if (signal.aborted) throw new Error('aborted');
      return wav(to_s - from_s);
    }, { ended: () => (ended += 1), failed: (error) => failed.push(error.message) });
  });
  afterEach(() => vi.useRealTimers());

  it('lays stretch after stretch without a gap, to the end', async () => {
    await voice.play();
    await at.move(21);
    for (let n = 1; n < at.laid.length; n += 1) expect(at.laid[n]!.starts).toBeCloseTo(at.laid[n - 1]!.stops - 0.03, 6);
    expect(asked[0]).toMatchObject({ from_s: 0, to_s: 1.03 });
    expect(asked.at(-1)!.to_s).toBe(20);
    expect(ended).toBe(1);
    expect(voice.currentTime).toBe(20);
  });
  it('does not run ahead of what has come', async () => {
    delay_ms = 500;
    await voice.play();
    await at.move(0.4);
    expect(voice.currentTime).toBe(0);
    expect(voice.readyState).toBe(2);
    await at.move(0.6);
    expect(voice.currentTime).toBeGreaterThan(0.2);
    expect(voice.readyState).toBe(4);
  });
  it('begins anywhere, and again where it is put', async () => {
    voice.currentTime = 12;
    await voice.play();
    await at.move(1);
    expect(asked[0]!.from_s).toBe(12);
    voice.currentTime = 3;
    await at.move(1);
    expect(voice.currentTime).toBeGreaterThan(3.5);
    expect(voice.currentTime).toBeLessThan(4.01);
  });
  it('hears a moved fader as soon as it has come, in time with what was playing', async () => {
    await voice.play();
    await at.move(3);
    delay_ms = 300;
    const before = voice.currentTime;
    const quiet = { ...plainRecipe(), levels: [{ part: 'drums', gain_db: -6 }] };
    voice.setRecipe(quiet);
    await at.move(0.5);
    const moved = asked.find((each) => each.recipe === quiet)!;
    expect(moved.from_s - before).toBeLessThan(0.2);
    const laid = at.laid.at(-1)!;
    // Place in the take at which it starts = place asked for + what was skipped; it starts when that is due.
    expect(moved.from_s + laid.offset - before).toBeCloseTo(laid.starts - 3, 1);
    expect(laid.starts - 3).toBeLessThan(0.5);
    expect(voice.currentTime).toBeCloseTo(before + 0.5, 1);
  });
  it.each([1500, 2600, 7000])('goes on when a moved fader takes %i ms to come', async (slow_ms) => {
    await voice.play();
    await at.move(3);
    const before = voice.currentTime;
    delay_ms = slow_ms;
    const quiet = { ...plainRecipe(), levels: [{ part: 'drums', gain_db: -6 }] };
    voice.setRecipe(quiet);
    await at.move(9);
    delay_ms = 0;
    await at.move(12);
    expect(asked.at(-1)!.recipe).toBe(quiet);
    // At the slowest what was laid ran dry; then the take waited for what came, and went on.
    expect(voice.currentTime).toBeGreaterThan(before + (slow_ms < 5000 ? 11 : 6));
    expect(asked.filter((each) => each.recipe === quiet).length).toBeLessThan(9);
    expect(failed).toEqual([]);
  });
  it('goes on being heard while a fader is dragged', async () => {
    await voice.play();
    await at.move(2);
    delay_ms = 200;
    for (let n = 1; n <= 10; n += 1) {
      voice.setRecipe({ ...plainRecipe(), levels: [{ part: 'drums', gain_db: -n }] });
      await at.move(0.1);
    }
    await at.move(1);
    const heard = asked.flatMap((each) => each.recipe?.levels[0]?.gain_db ?? []);
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.length).toBeLessThan(10);
    expect(voice.recipe?.levels[0]?.gain_db).toBe(-10);
    expect(heard).toContain(-10);
    expect(failed).toEqual([]);
  });
  it('takes over from another voice where that is when its sound has come', async () => {
    delay_ms = 300;
    // The other voice runs on the same clock, from 5 s on.
    const joined = voice.join(() => 5 + at.context.currentTime);
    await at.move(1);
    expect(await joined).toBe(true);
    expect(asked[0]!.from_s).toBeCloseTo(5.6, 6);
    expect(5 + at.laid[0]!.starts).toBeCloseTo(5.6, 6);
    await at.move(2);
    expect(voice.currentTime).toBeCloseTo(8, 1);
  });
  it('tries again further ahead when its sound comes too late to take over', async () => {
    delay_ms = 900;
    const joined = voice.join(() => 5 + at.context.currentTime);
    await at.move(3);
    expect(await joined).toBe(true);
    expect(asked.length).toBeGreaterThan(1);
    expect(5 + at.laid[0]!.starts).toBeCloseTo(asked.find((each) => each.from_s > 6)!.from_s, 6);
  });
  it('does not take over once it was paused', async () => {
    delay_ms = 300;
    const joined = voice.join(() => 5 + at.context.currentTime);
    voice.pause();
    await at.move(1);
    expect(await joined).toBe(false);
    expect(at.laid).toEqual([]);
  });
  it('stops asking when it is paused', async () => {
    await voice.play();
    await at.move(2);
    voice.pause();
    const [count, place] = [asked.length, voice.currentTime];
    await at.move(10);
    expect([asked.length, voice.currentTime]).toEqual([count, place]);
  });
  it('reads the server’s sound', () => {
    const [left, right] = samplesOf(wav(0.01));
    expect([left.length, right.length]).toEqual([441, 441]);
    expect(left[0]).toBeCloseTo(0.5, 3);
    expect(right[440]).toBe(-1);
    expect(samplesOf(new ArrayBuffer(10))[0]).toHaveLength(0);
  });
});
