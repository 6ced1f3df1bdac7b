import { describe, expect, it } from 'vitest';
import { fromDay, fromMoney, fromNames, toDay, toMoney } from '../src/lib/conditions';

describe('the conditions of a grant', () => {
  it('show the last day that is included and send the moment that is not', () => {
    expect(fromDay('2026-12-31', 1)).toBe('2027-01-01T00:00:00.000Z');
    expect(toDay('2027-01-01T00:00:00Z', -1)).toBe('2026-12-31');
    expect(toDay(fromDay('2028-02-29', 0))).toBe('2028-02-29');
    expect([fromDay('', 0), fromDay('soon', 0), toDay(null), toDay('soon')]).toEqual([null, null, '', '']);
  });

  it('count money in whole micro-units', () => {
    expect(['0.25', '0,000001', '12', '', 'much', '-1', '.5'].map(fromMoney)).toEqual([250_000, 1, 12_000_000, 0, 0, 0, 500_000]);
    for (const micros of [1, 250_000, 1_000_000, 123_456_789]) expect(fromMoney(toMoney(micros))).toBe(micros);
    expect(toMoney(0)).toBe('');
  });

  it('take names apart', () => {
    expect(fromNames(' Ada , Bo,,Ada ')).toEqual(['Ada', 'Bo']);
  });
});
