import { describe, expect, it } from 'vitest';
import type { Component, Recipe, SectionBlock } from '../src/lib/api';
import { blocksOf, chordsStand, COMPONENTS, formStands, howNew, voiceStands, whatStays, dropBlock, mayLock, moveBlock, readLength, repeatBlock, restoreBlocks, setCover, setFader, setHarmony, setLength, setLock, setMelody, setShape, setStem, setStrength, setStyle, setVoice } from '../src/lib/shaping';
import { plainRecipe } from './recipes';

const SECTIONS: SectionBlock[] = ['intro', 'verse', 'chorus', 'outro'].map((label, index) => ({ index, label, letter: label[0]!, start_s: index, end_s: index + 1, bars: 4, energy: 0.5 }));
const labels = (recipe: Recipe): string => blocksOf(recipe, SECTIONS).map((block) => block.section).join('');

/** What the server calls a contradiction. */
function contradicts(recipe: Recipe): Component[] {
  const plain = plainRecipe();
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return recipe.locks.filter((name) =>
    recipe.strengths[name] > 0
    || (name === 'harmony' && !same(recipe.harmony, plain.harmony))
    || (name === 'vocals' && (!same(recipe.voice, plain.voice) || recipe.kind === 'cover'))
    || (name === 'form' && (!same(recipe.form, plain.form) || recipe.length_s !== null))
    || (name === 'timbre' && recipe.kind === 'cover'));
}

describe('strengths and locks', () => {
  it('never leave a contradiction, whatever is locked and changed in whatever order', () => {
    const changes: ((recipe: Recipe) => Recipe)[] = [
      (recipe) => setHarmony(recipe, 'jazz'), (recipe) => setVoice(recipe, { choir: 0.5 }), (recipe) => setShape(recipe, 'loop'),
      (recipe) => setLength(recipe, 90, true), (recipe) => setMelody(recipe, { instrument: 'violin' }), (recipe) => setCover(recipe, true),
      (recipe) => dropBlock(recipe, SECTIONS, 1),
      ...COMPONENTS.flatMap(({ name }) => [(recipe: Recipe) => setStrength(recipe, name, 0.7), (recipe: Recipe) => setLock(recipe, name, true)]),
    ];
    for (const first of changes) for (const second of changes) for (const third of changes) {
      expect(contradicts(third(second(first(plainRecipe()))))).toEqual([]);
    }
  });
  it('a lock takes the strength back and holds it until it is opened', () => {
    const locked = setLock(setStrength(plainRecipe(), 'rhythm', 0.8), 'rhythm', true);
    expect(locked.strengths.rhythm).toBe(0);
    expect(setStrength(locked, 'rhythm', 1)).toBe(locked);
    expect(setStrength(setLock(locked, 'rhythm', false), 'rhythm', 1).strengths.rhythm).toBe(1);
  });
  it('what is locked is kept, and cannot be left out while it is', () => {
    const dropped = setStem(setStem(plainRecipe(), 'drums', { keep: false }), 'other', { keep: false });
    const locked = setLock(setLock(dropped, 'rhythm', true), 'timbre', true);
    expect([locked.stems.drums.keep, locked.stems.other.keep, locked.stems.bass.keep]).toEqual([true, true, true]);
    expect(setStem(locked, 'drums', { keep: false })).toBe(locked);
    expect(setStem(locked, 'vocals', { keep: false }).stems.vocals.keep).toBe(false);
    const style = { slug: 'house', name: 'House', words: [], tempo_bpm: [118, 128] as [number, number], defaults: { strengths: plainRecipe().strengths, stems: dropped.stems } };
    expect(setStyle(locked, style).stems.drums.keep).toBe(true);
  });
  it('a cover cannot keep the voice or the instruments as recorded', () => {
    const cover = setCover(setLock(plainRecipe(), 'vocals', true), true);
    expect(cover.locks).toEqual([]);
    expect(mayLock(cover, 'timbre')).toBe(false);
    expect(setLock(cover, 'timbre', true)).toBe(cover);
    expect(mayLock(cover, 'harmony')).toBe(true);
  });
  it('choosing a style sets what the style sets, but for what is locked', () => {
    const strengths = { ...plainRecipe().strengths, rhythm: 1, timbre: 0.9 };
    const style = { slug: 'house', name: 'House', words: [], tempo_bpm: [118, 128] as [number, number], defaults: { strengths, stems: plainRecipe().stems } };
    const chosen = setStyle(setLock(plainRecipe(), 'rhythm', true), style);
    expect([chosen.style, chosen.strengths.rhythm, chosen.strengths.timbre]).toEqual(['house', 0, 0.9]);
  });
});

describe('sections', () => {
  it('move, repeat and go; the song’s own order is written as none', () => {
    const moved = moveBlock(plainRecipe(), SECTIONS, 2, 0);
    expect(labels(moved)).toBe('2013');
    expect(moveBlock(moved, SECTIONS, 0, 2).form.order).toEqual([]);
    expect(labels(repeatBlock(moved, SECTIONS, 0))).toBe('22013');
    expect(labels(dropBlock(plainRecipe(), SECTIONS, 0))).toBe('123');
    expect(restoreBlocks(moved).form.order).toEqual([]);
  });
  it('cannot all go, nor move beyond the ends', () => {
    let recipe = plainRecipe();
    for (let n = 0; n < 6; n += 1) recipe = dropBlock(recipe, SECTIONS, 0);
    expect(labels(recipe)).toBe('3');
    expect(labels(moveBlock(plainRecipe(), SECTIONS, 3, 9))).toBe('0123');
    expect(labels(moveBlock(plainRecipe(), SECTIONS, 0, 9))).toBe('1230');
  });
  it('start from what the words left out', () => {
    const without = { ...plainRecipe(), form: { ...plainRecipe().form, without_sections: ['intro'] } };
    expect(labels(without)).toBe('123');
    expect(labels(repeatBlock(without, SECTIONS, 0))).toBe('1123');
  });
});

describe('length, melody and faders', () => {
  it.each([['3:30', 210], ['90', 90], ['0:45', 45], [' 2:00 ', 120], ['9', null], ['21:00', null], ['x', null], ['', null], ['1:2:3', null]])('reads %s as %s', (text, seconds) => {
    expect(readLength(text)).toBe(seconds);
  });
  it('an exact length needs a length', () => {
    expect(setLength(plainRecipe(), null, true).form.exact).toBe(false);
    expect(setLength(plainRecipe(), 5, false).length_s).toBe(10);
  });
  it('an instrument gets some of the tune, and none of it when it goes', () => {
    const violin = setMelody(plainRecipe(), { instrument: 'violin' });
    expect(violin.strengths.melody).toBe(1);
    expect(setMelody(setStrength(violin, 'melody', 0.4), { place: 'double' }).strengths.melody).toBe(0.4);
    expect(setMelody(violin, { instrument: null }).strengths.melody).toBe(0);
  });
  it('a fader in the middle is no level', () => {
    const down = setFader(plainRecipe(), 'part', 'drums', -6);
    expect(down.levels).toEqual([{ part: 'drums', gain_db: -6 }]);
    expect(setFader(down, 'part', 'drums', 0).levels).toEqual([]);
    expect(setFader(down, 'stem', 'vocals', 3).stems.vocals).toEqual({ keep: true, gain_db: 3 });
  });
});

describe('how it stands', () => {
  it('is said in a line', () => {
    const plain = plainRecipe();
    expect([howNew(plain), whatStays(plain), formStands(plain), chordsStand(plain), voiceStands(plain)]).toEqual(['all as recorded', 'all of it', 'as in the song', 'the song’s own', 'as it was sung']);
    const shaped = setVoice(setMelody(setHarmony(setLength(setShape(plain, 'radio_edit'), 210, true), 'jazz'), { instrument: 'alto-sax' }), { harmonies: [2], choir: 0.4 });
    expect([formStands(shaped), chordsStand(shaped), voiceStands(shaped)]).toEqual(['radio edit, exactly 3:30', 'jazz harmony, melody on alto sax', 'second voices, choir']);
    expect(howNew(setLock(setStrength(plain, 'rhythm', 0.8), 'form', true))).toBe('rhythm 80 %, form locked');
    expect(whatStays(setCover(plain, true))).toBe('nothing');
    expect(formStands(dropBlock(plain, SECTIONS, 0))).toBe('3 sections in your order');
  });
});
