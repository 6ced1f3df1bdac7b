import { describe, expect, it } from 'vitest';
import { percentOf } from '../src/lib/shares';

describe('percentOf', () => {
  it('is exact where it can be and says so where it is not', () => {
    expect(percentOf('1')).toBe('100 %');
    expect(percentOf('1/2')).toBe('50 %');
    expect(percentOf('1/8')).toBe('12.5 %');
    expect(percentOf('1/3')).toBe('≈ 33.33 %');
    expect(percentOf('2/3')).toBe('≈ 66.66 %');
    expect(percentOf('0')).toBe('0 %');
  });

  it('leaves alone what is no fraction', () => {
    expect(percentOf('half')).toBe('half');
    expect(percentOf('1/0')).toBe('1/0');
  });
});
