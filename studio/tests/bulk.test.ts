import { describe, expect, it } from 'vitest';
import { changeOf, NO_CHANGE } from '../src/lib/bulk';

describe('a change of many songs', () => {
  it('is nothing while nothing is wished', () => {
    expect(changeOf(NO_CHANGE)).toBeNull();
    expect(changeOf({ ...NO_CHANGE, cells: { style: 'no' }, territories: { include: [], exclude: [] } })).toBeNull();
  });

  it('is a preset, or cells and places', () => {
    expect(changeOf({ ...NO_CHANGE, preset: 'mine', cells: { style: 'no' } })).toEqual({ preset: 'mine' });
    const places = { include: ['Worldwide'], exclude: ['JP'] };
    expect(changeOf({ preset: '', cells: { style: 'ask' }, territories: places })).toEqual({ cells: { style: 'ask' }, territories: places });
  });
});
