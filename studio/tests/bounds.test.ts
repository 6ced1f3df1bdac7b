import { describe, expect, it } from 'vitest';
import { boundsOf, EXTENTS, genreSlug, readNumber, shortBounds, turned, typed, unknownBounds, WHOLE, withBound, withBounds } from '../src/lib/bounds';
import { noTerms, withCell } from '../src/lib/terms';

const [TEMPO, SEMITONES] = EXTENTS.tempo_pitch as [typeof WHOLE[number], typeof WHOLE[number]];

describe('bounds of an operation', () => {
  it('are typed in percent and kept as ratios, exactly', () => {
    expect(typed(1.1, TEMPO)).toBe('110');
    expect(readNumber('110', TEMPO)).toEqual({ value: 1.1, fault: null });
    expect(readNumber(' 92,5 % ', TEMPO)).toEqual({ value: 0.925, fault: null });
    for (const text of ['97.3', '50', '200']) expect(typed(readNumber(text, TEMPO).value, TEMPO)).toBe(text);
  });
  it('are nothing where nothing was typed', () => {
    expect(readNumber('  ', SEMITONES)).toEqual({ value: null, fault: null });
    expect(typed(null, SEMITONES)).toBe('');
  });
  it.each([['fast', 'no number'], ['1e3', 'no number'], ['--2', 'no number'], ['13', 'between -12 and 12']])('refuses %s where it stands', (text, words) => {
    expect(readNumber(text, SEMITONES).fault).toContain(words);
  });
  it('counts in whole numbers only', () => {
    const counts = { low: 0, high: 1e12, whole: true };
    expect(readNumber('2.5', counts).fault).toContain('whole');
    expect(readNumber('-1', counts).fault).toContain('whole');
    expect(readNumber('3', counts).value).toBe(3);
  });
  it('a minus sign of typography is one', () => expect(readNumber('−2', SEMITONES).value).toBe(-2));
  it('are left out when they say nothing any more', () => {
    const one = withBound({}, 'semitones', { least: -2 });
    const two = withBound(one, 'semitones', { most: 2 });
    expect(two).toEqual({ semitones: { least: -2, most: 2 } });
    expect(withBound(withBound(two, 'semitones', { least: null }), 'semitones', { most: null })).toEqual({});
  });
  it('that are turned round are told', () => {
    expect(turned({ least: 1.2, most: 0.9 })).toContain('below the least');
    expect(turned({ least: 0.9, most: 0.9 })).toBeNull();
    expect(turned({ most: 0 })).toBeNull();
  });
  it('are told in a few signs', () => {
    const extents = EXTENTS.tempo_pitch!;
    expect(shortBounds({ semitones: { least: -2, most: 2 }, tempo_ratio: { least: 0.9, most: 1.1 } }, extents)).toBe('90 to 110 % · ±2 st');
    expect(shortBounds({ tempo_ratio: { most: 1.1 } }, extents)).toBe('≤ 110 %');
    expect(shortBounds({ swing: { most: 1 } }, extents)).toBe('swing');
    expect(unknownBounds({ swing: { most: 1 }, semitones: { most: 1 } }, extents)).toEqual(['swing']);
  });
  it('belong to an operation that is allowed', () => {
    const terms = withCell(noTerms(), 'tempo_pitch', 'ask');
    const bounded = withBounds(terms, 'tempo_pitch', { semitones: { most: 0 } });
    expect(boundsOf(bounded, 'tempo_pitch')).toEqual({ semitones: { most: 0 } });
    expect(bounded.operations[0]!.needs_approval).toBe(true);
    expect(boundsOf(bounded, 'style')).toEqual({});
    expect(withBounds(terms, 'style', { strength: { most: 1 } })).toEqual(terms);
  });
  it('never hold more than the server takes', () => {
    for (const extent of [...Object.values(EXTENTS).flat(), ...WHOLE]) expect(extent.low).toBeLessThan(extent.high);
  });
  it('genres are written as the catalogue writes them', () => {
    expect(genreSlug(' Drum & Bass ')).toBe('drum-bass');
    expect(genreSlug('Música Popular')).toBe('musica-popular');
    expect(genreSlug('—')).toBe('');
  });
});
