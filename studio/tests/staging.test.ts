import { describe, expect, it } from 'vitest';
import type { PartsIn, SectionBlock } from '../src/lib/api';
import { formStands, setLock, setShape } from '../src/lib/shaping';
import { addRule, breaks, dropRule, forbids, places, ruleText, setFade } from '../src/lib/staging';
import { plainRecipe } from './recipes';

const rule = (change: Partial<PartsIn> = {}): PartsIn => ({ action: 'drop', parts: ['drums'], section: 'verse', which: 0, reach: 'there', ...change });
const SECTIONS: SectionBlock[] = ['intro', 'verse', 'chorus', 'verse'].map((label, index) => ({ index, label, letter: 'A', start_s: index, end_s: index + 1, bars: 4, energy: 0.5 }));

describe('rules about some sections', () => {
  it('are told in words', () => {
    expect(ruleText(rule())).toBe('without drums in every verse');
    expect(ruleText(rule({ action: 'only', parts: ['vocals', 'electric-piano'], which: 1 }))).toBe('only voice and electric piano in the first verse');
    expect(ruleText(rule({ action: 'add', parts: ['strings'], section: 'chorus', which: 2, reach: 'onwards' }))).toBe('with strings from the second chorus on');
    expect(ruleText(rule({ which: -1, reach: 'until' }))).toBe('without drums until the last verse');
  });
  it('make a recipe of version 2, and without them it is of version 1 again', () => {
    const ruled = addRule(plainRecipe(), rule());
    expect(ruled.recipe).toBe(2);
    expect(dropRule(ruled, 0)).toEqual(plainRecipe());
  });
  it('are forbidden by a lock on what they let rest, and taken back by one', () => {
    const locked = setLock(plainRecipe(), 'rhythm', true);
    expect(forbids(locked, rule())).toBe('rhythm');
    expect(addRule(locked, rule())).toBe(locked);
    expect(addRule(locked, rule({ parts: ['bass'] })).parts_in).toHaveLength(1);
    expect(breaks(rule({ action: 'only', parts: ['vocals'] }), 'rhythm')).toBe(true);
    expect(breaks(rule({ action: 'only', parts: ['drums'] }), 'rhythm')).toBe(false);
    const after = setLock(addRule(plainRecipe(), rule()), 'rhythm', true);
    expect([after.parts_in, after.recipe]).toEqual([[], 1]);
  });
  it('may name every section of a kind, or one of several', () => {
    expect(places(SECTIONS).map((each) => each.label)).toEqual(['the intro', 'every verse', 'the first verse', 'the second verse', 'the chorus']);
  });
});

describe('fades', () => {
  it('are of version 2, and a loop or a locked form has none', () => {
    const faded = setFade(plainRecipe(), 'fade_out_s', 10);
    expect([faded.recipe, faded.form.fade_out_s]).toEqual([2, 10]);
    expect(setFade(faded, 'fade_out_s', 0)).toEqual(plainRecipe());
    expect(setShape(faded, 'loop').form.fade_out_s).toBe(0);
    expect(setShape(faded, 'loop').recipe).toBe(1);
    const loop = setShape(plainRecipe(), 'loop');
    expect(setFade(loop, 'fade_out_s', 10)).toBe(loop);
    expect(setLock(faded, 'form', true).recipe).toBe(1);
  });
  it('stand beside the form', () => {
    expect(formStands(setFade(plainRecipe(), 'fade_out_s', 10))).toContain('fades out');
    expect(formStands(addRule(plainRecipe(), rule()))).toBe('without drums in every verse');
  });
});
