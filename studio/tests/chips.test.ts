import { describe, expect, it } from 'vitest';
import type { OperationRule, Outcome, Style, Understood } from '../src/lib/api';
import { limitsLine, mergeChips, pickedStyle, tapStyle, toggleWithout } from '../src/lib/chips';

const phrase = (id: string, text: string): Understood => ({ id, text, kind: 'tempo', meaning: `means ${text}` });
const SLOW = phrase('p1', 'slow');
const BOSSA = phrase('p2', 'bossa nova');
const VOICE = phrase('p3', 'keep the voice');
const shape = (chips: { text: string; removed: boolean }[]): string => chips.map((chip) => (chip.removed ? `-${chip.text}` : chip.text)).join(' | ');

describe('mergeChips', () => {
  it('shows what was understood', () => {
    expect(shape(mergeChips([], [SLOW, BOSSA], []))).toBe('slow | bossa nova');
  });

  it('keeps what was taken away in its place, whether the server still names it or not', () => {
    const shown = mergeChips([], [SLOW, BOSSA, VOICE], []);
    expect(shape(mergeChips(shown, [SLOW, VOICE], ['p2']))).toBe('slow | -bossa nova | keep the voice');
    expect(shape(mergeChips(shown, [SLOW, BOSSA, VOICE], ['p2']))).toBe('slow | -bossa nova | keep the voice');
  });

  it('puts it back with its new meaning', () => {
    const shown = mergeChips(mergeChips([], [SLOW, BOSSA], []), [BOSSA], ['p1']);
    const back = mergeChips(shown, [{ ...SLOW, meaning: 'tempo × 0.85' }, BOSSA], []);
    expect(shape(back)).toBe('slow | bossa nova');
    expect(back[0]?.meaning).toBe('tempo × 0.85');
  });

  it('drops what the words no longer say', () => {
    const shown = mergeChips([], [SLOW, BOSSA], []);
    expect(shape(mergeChips(shown, [BOSSA, VOICE], []))).toBe('bossa nova | keep the voice');
  });
});

describe('toggleWithout', () => {
  it('takes away and puts back, in an order that does not depend on the taps', () => {
    expect(toggleWithout(['p3'], 'p1')).toEqual(['p1', 'p3']);
    expect(toggleWithout(['p1', 'p3'], 'p1')).toEqual(['p3']);
  });
});

const style = (slug: string, name: string): Style => ({ slug, name, words: [], tempo_bpm: [100, 120] });
const STYLES = [style('house', 'House'), style('bossa-nova', 'Bossa nova'), style('lofi', 'Lo-fi hip hop')];
const [HOUSE, NOVA] = [STYLES[0]!, STYLES[1]!];

describe('styles', () => {
  it('are found as whole words only', () => {
    expect(pickedStyle('slow BOSSA NOVA please', STYLES)?.slug).toBe('bossa-nova');
    expect(pickedStyle('greenhouse', STYLES)).toBeNull();
    expect(pickedStyle('lo-fi hip hop', STYLES)?.slug).toBe('lofi');
  });

  it('come, change and go by a tap', () => {
    expect(tapStyle('', NOVA, STYLES)).toBe('bossa nova');
    expect(tapStyle('keep the voice', NOVA, STYLES)).toBe('bossa nova, keep the voice');
    expect(tapStyle('slow bossa nova, keep the voice', HOUSE, STYLES)).toBe('slow house, keep the voice');
    expect(tapStyle('bossa nova, keep the voice', NOVA, STYLES)).toBe('keep the voice');
    expect(tapStyle('slow, bossa nova, low', NOVA, STYLES)).toBe('slow, low');
  });
});

const rule = (operation: string, outcome: Outcome): OperationRule => ({ operation, outcome, reasons: [] });

describe('limitsLine', () => {
  it('says nothing where everything is allowed', () => {
    expect(limitsLine([rule('style', 'permit'), rule('train', 'permit')]).text).toBe('');
  });

  it('names what matters most and counts the rest', () => {
    const rules = [rule('train', 'deny'), rule('translate', 'deny'), rule('download', 'deny'), rule('style', 'permit')];
    expect(limitsLine(rules)).toEqual({ text: 'No download, translation +1', level: 'some' });
  });

  it('is plain about a song that may only be heard', () => {
    const rules = ['style', 'arrangement', 'tempo_pitch'].map((operation) => rule(operation, 'deny'));
    expect(limitsLine(rules)).toEqual({ text: 'Listening only', level: 'strong' });
  });

  it('tells an owner’s yes from an owner’s no', () => {
    expect(limitsLine([rule('style', 'needs_approval')]).level).toBe('ask');
  });
});
