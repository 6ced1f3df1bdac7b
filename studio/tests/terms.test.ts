import { describe, expect, it } from 'vitest';
import { nextState, noTerms, sameTerms, stateOf, whoseWords, withCell } from '../src/lib/terms';

describe('the cells of the permission matrix', () => {
  it('goes from no to yes to ask me and back', () => {
    expect(['no', 'yes', 'ask'].map((state) => nextState(state as 'no' | 'yes' | 'ask'))).toEqual(['yes', 'ask', 'no']);
  });

  it('changes one operation and leaves the others', () => {
    const terms = withCell(withCell(noTerms(), 'style', 'yes'), 'mashup', 'ask');
    expect(stateOf(terms, 'style')).toBe('yes');
    expect(stateOf(terms, 'mashup')).toBe('ask');
    expect(stateOf(terms, 'train')).toBe('no');
    const without = withCell(terms, 'style', 'no');
    expect(without.operations.map((each) => each.operation)).toEqual(['mashup']);
  });

  it('keeps the bounds of an operation that stays', () => {
    const bounded = { ...noTerms(), operations: [{ operation: 'tempo_pitch', bounds: { tempo_ratio: { most: 1.1 } }, needs_approval: false }] };
    expect(withCell(bounded, 'tempo_pitch', 'ask').operations[0]).toEqual({
      operation: 'tempo_pitch',
      bounds: { tempo_ratio: { most: 1.1 } },
      needs_approval: true,
    });
  });

  it('does not change what it was given, and knows what says the same', () => {
    const before = noTerms();
    const after = withCell(before, 'style', 'yes');
    expect(before.operations).toEqual([]);
    expect(sameTerms(before, after)).toBe(false);
    expect(sameTerms(before, withCell(after, 'style', 'no'))).toBe(true);
    expect(sameTerms({ ...before, limits: undefined }, before)).toBe(true);
  });

  it('takes what says nothing as not said, but nobody and nowhere as said', () => {
    const before = noTerms();
    expect(sameTerms({ ...before, limits: { whole: {}, uses_total: null }, not_beside: { genres: [] }, banned_topics: [], price: null }, before)).toBe(true);
    expect(sameTerms({ ...before, tiers: [] }, before)).toBe(false);
    expect(sameTerms({ ...before, territories: { include: [], exclude: [] } }, before)).toBe(false);
    const bounded = { ...before, limits: { whole: { semitones: { least: null, most: 2 } } } };
    expect(sameTerms(bounded, { ...before, limits: { whole: { semitones: { most: 2 } } } })).toBe(true);
    expect(sameTerms(bounded, before)).toBe(false);
  });
});

describe('whose word a column is', () => {
  it('is said where it is not that of all who must agree', () => {
    expect(whoseWords(null)).toBeNull();
    expect(whoseWords({ for_all: true, holders: ['Ada (master)', 'Ada (work)'] })).toBeNull();
    expect(whoseWords({ for_all: false, holders: ['Ada (work)'] })).toBe('the composition, Ada');
    expect(whoseWords({ for_all: false, holders: ['Label (master)', 'Ada (work)', 'Bea (Trio) (work)'] })).toBe('the recording, Label; the composition, Ada and Bea (Trio)');
  });
});
