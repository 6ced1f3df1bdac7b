import { beforeEach, describe, expect, it } from 'vitest';
import { newPlayId, PlayMeter, type Report } from '../src/lib/plays';

const TICK_S = 0.1;

class Listener {
  readonly reports: Report[] = [];
  #made = 0;
  readonly meter = new PlayMeter(() => `play-${(this.#made += 1)}`);
  position_s = 0;
  now_s = 1000;

  /** Let time pass; the song moves only when it plays. */
  spend(seconds: number, { plays = true, audible = true, rate = 1 } = {}): void {
    for (let left_s = seconds; left_s > TICK_S / 2; left_s -= TICK_S) {
      this.now_s += TICK_S;
      if (plays) this.position_s += TICK_S * rate;
      const report = this.meter.tick({ position_s: this.position_s, now_s: this.now_s, audible });
      if (report) this.reports.push(report);
    }
  }
}

describe('PlayMeter', () => {
  let listener: Listener;
  beforeEach(() => {
    listener = new Listener();
    listener.spend(TICK_S);
  });

  it('reports about every five seconds of sound, adding up within one listening', () => {
    listener.spend(32);
    expect(listener.reports.map((report) => Math.floor(report.heardS / 5))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(listener.reports.map((report) => report.playId)).size).toBe(1);
    expect(listener.meter.heard_s).toBeCloseTo(32, 5);
  });

  it('does not count the wall clock: a pause is not listening', () => {
    listener.spend(4);
    listener.spend(60, { plays: false, audible: false });
    listener.spend(0.5);
    expect(listener.meter.heard_s).toBeLessThan(4.6);
    expect(listener.reports).toEqual([]);
  });

  it('does not count what is muted, or the original', () => {
    listener.spend(40, { audible: false });
    expect(listener.meter.heard_s).toBe(0);
  });

  it('does not count a jump, nor dragging through the song', () => {
    listener.spend(2);
    listener.position_s += 100;
    listener.spend(1);
    for (let step = 0; step < 50; step += 1) {
      listener.position_s += 1;
      listener.spend(TICK_S);
    }
    expect(listener.meter.heard_s).toBeLessThan(3.1);
  });

  it('does not count going backwards, and goes on from there', () => {
    listener.spend(10);
    listener.position_s = 0;
    listener.spend(10);
    expect(listener.meter.heard_s).toBeCloseTo(20, 0);
  });

  it('does not count a player that stands still while it loads', () => {
    listener.spend(30, { plays: false });
    expect(listener.meter.heard_s).toBe(0);
  });

  it('copes with a background tab that reads the clock once a second', () => {
    for (let second = 0; second < 30; second += 1) {
      listener.now_s += 1;
      listener.position_s += 1;
      const report = listener.meter.tick({ position_s: listener.position_s, now_s: listener.now_s, audible: true });
      if (report) listener.reports.push(report);
    }
    expect(listener.meter.heard_s).toBeCloseTo(30, 5);
    expect(listener.reports).toHaveLength(6);
  });

  it('tells the rest at a pause, once', () => {
    listener.spend(7);
    const rest = listener.meter.flush();
    expect(rest?.heardS).toBeCloseTo(7, 1);
    expect(listener.meter.flush()).toBeNull();
  });

  it('starts a new listening with a new id', () => {
    listener.spend(6);
    const before = listener.meter.playId;
    listener.meter.restart();
    listener.spend(6);
    expect(listener.meter.playId).not.toBe(before);
    expect(listener.meter.heard_s).toBeLessThan(6.1);
  });
});

describe('newPlayId', () => {
  it('is a fresh UUID each time', () => {
    const ids = Array.from({ length: 50 }, newPlayId);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
