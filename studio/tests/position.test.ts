import { describe, expect, it } from 'vitest';
import { gainDb, mapPosition, matchedGains, shadowRate } from '../src/lib/position';

describe('mapPosition', () => {
  it('keeps the musical place: half of one is half of the other', () => {
    expect(mapPosition(60, 120, 150)).toBe(75);
    expect(mapPosition(0, 120, 150)).toBe(0);
    expect(mapPosition(120, 120, 150)).toBe(150);
  });

  it('comes back to where it started', () => {
    for (const at_s of [0.1, 7.77, 99.9]) {
      expect(mapPosition(mapPosition(at_s, 180.2, 153.17), 153.17, 180.2)).toBeCloseTo(at_s, 9);
    }
  });

  it('stays inside, and survives lengths that are not known', () => {
    expect(mapPosition(500, 120, 150)).toBe(150);
    expect(mapPosition(-1, 120, 150)).toBe(0);
    expect(mapPosition(10, Number.NaN, 150)).toBe(0);
    expect(mapPosition(10, 0, 150)).toBe(0);
    expect(mapPosition(Number.NaN, 120, 150)).toBe(0);
  });
});

describe('shadowRate', () => {
  it('keeps two versions together for as long as they play', () => {
    const [heard_s, shadow_s] = [112.94, 96];
    const rate = shadowRate(heard_s, shadow_s);
    const played_s = 40;
    expect(played_s * rate).toBeCloseTo(mapPosition(played_s, heard_s, shadow_s), 9);
  });

  it('is one for lengths that are not known', () => {
    expect(shadowRate(Number.NaN, 10)).toBe(1);
    expect(shadowRate(10, 0)).toBe(1);
  });
});

describe('matchedGains', () => {
  it('makes both equally loud by turning the louder one down', () => {
    const gains = matchedGains(-14, -9.3);
    expect(gains.take).toBe(1);
    expect(-9.3 + gainDb(gains.original)).toBeCloseTo(-14, 9);
    const other = matchedGains(-14, -20);
    expect(other.original).toBe(1);
    expect(-14 + gainDb(other.take)).toBeCloseTo(-20, 9);
  });

  it('never turns anything up, so nothing can clip', () => {
    for (let take = -40; take <= 0; take += 3.7) {
      for (let original = -40; original <= 0; original += 4.1) {
        const gains = matchedGains(take, original);
        expect(Math.max(gains.take, gains.original)).toBe(1);
      }
    }
  });

  it('leaves both alone when a loudness is not known', () => {
    expect(matchedGains(null, -9)).toEqual({ take: 1, original: 1 });
    expect(matchedGains(-14, Number.NaN)).toEqual({ take: 1, original: 1 });
  });
});
