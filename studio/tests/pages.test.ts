import { describe, expect, it } from 'vitest';
import type { LineageNode, OperationRule, Song } from '../src/lib/api';
import { shortcut } from '../src/lib/keys';
import { lineageTree, type Branch } from '../src/lib/lineage';
import { href, parseRoute } from '../src/lib/router.svelte';
import { matchesSong, suggestionsFor } from '../src/lib/suggestions';
import { fitPeaks } from '../src/lib/waveform';

describe('routes', () => {
  it('read back what the links say', () => {
    expect(parseRoute('')).toEqual({ name: 'songs' });
    expect(parseRoute(href.remix('a/b c'))).toEqual({ name: 'remix', id: 'a/b c' });
    expect(parseRoute(href.song('s1', 'slow & low?'))).toEqual({ name: 'song', id: 's1', words: 'slow & low?' });
    expect(parseRoute('#/remixes')).toEqual({ name: 'remixes' });
  });

  it('are lost rather than broken by nonsense', () => {
    expect(parseRoute('#/song')).toEqual({ name: 'lost' });
    expect(parseRoute('#/remix/x/y')).toEqual({ name: 'lost' });
    expect(parseRoute('#/remix/%E0%A4%A')).toEqual({ name: 'remix', id: '%E0%A4%A' });
  });
});

describe('lineageTree', () => {
  const node = (id: string, parent: string | null): LineageNode => ({ kind: 'work', id, title: id, detail: null, parent });
  const draw = (branches: Branch[]): string => branches.map(({ node: { id }, children }) => (children.length ? `${id}(${draw(children)})` : id)).join(' ');

  it('grows from the remix to the parties', () => {
    expect(draw(lineageTree([node('r', null), node('rec', 'r'), node('w', 'rec'), node('p', 'w'), node('l', 'rec')]))).toBe('r(rec(w(p) l))');
  });

  it('shows a party under each thing that it has a share in', () => {
    expect(draw(lineageTree([node('r', null), node('a', 'r'), node('b', 'r'), node('p', 'a'), node('p', 'b')]))).toBe('r(a(p) b(p))');
  });

  it('puts orphans on top and ends in loops', () => {
    expect(draw(lineageTree([node('x', 'nowhere')]))).toBe('x');
    expect(draw(lineageTree([node('r', null), node('a', 'r'), node('r', 'a')]))).toBe('r(a)');
    expect(draw(lineageTree([node('self', 'self')]))).toBe('self');
  });
});

describe('fitPeaks', () => {
  it('keeps the highest of what falls together', () => {
    expect(fitPeaks([0.1, 0.9, 0.2, 0.3], 2)).toEqual([0.9, 0.3]);
    expect(fitPeaks([0.5], 3)).toEqual([0.5, 0.5, 0.5]);
    expect(fitPeaks([], 2)).toEqual([0, 0]);
    expect(fitPeaks([2], 1)).toEqual([1]);
    expect(fitPeaks([1], 0)).toEqual([]);
  });
});

describe('shortcut', () => {
  const press = (key: string, target: object = {}, more: object = {}) =>
    shortcut({ key, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false, target: target as EventTarget, ...more }, false);

  it('works on the page', () => {
    expect(press(' ')).toBe('toggle');
    expect(press('B')).toBe('compare');
    expect(press('ArrowLeft')).toBe('back');
    expect(press('?')).toBe('help');
  });

  it('leaves typing, controls and the browser’s own keys alone', () => {
    expect(press('b', { tagName: 'TEXTAREA' })).toBe('none');
    expect(press(' ', { tagName: 'INPUT', type: 'search' })).toBe('none');
    expect(press(' ', { tagName: 'BUTTON' })).toBe('none');
    expect(press('b', { tagName: 'BUTTON' })).toBe('compare');
    expect(press('b', {}, { ctrlKey: true })).toBe('none');
    expect(press('ArrowRight', { tagName: 'INPUT', type: 'range' })).toBe('on');
    expect(press('ArrowRight', { tagName: 'INPUT', type: 'range', dataset: { keys: 'own' } })).toBe('none');
  });
});

const rule = (operation: string, outcome: OperationRule['outcome']): OperationRule => ({ operation, outcome, reasons: [] });
const song = (more: Partial<Song>): Song => ({
  id: 's', title: 'Osnabrück', artist: 'Señor Ñandú', album: null, duration_s: 60, tempo_bpm: 100, key: 'A minor', metre: 4, has_vocals: true, isrc: null, content: 'music',
  licence: null, cover_url: '', audio_url: '', waveform_url: '', operations: [rule('style', 'permit')], remix_count: 0, ...more,
});

describe('songs', () => {
  it('are found without their accents, by all words', () => {
    expect(matchesSong(song({}), 'osnabruck nandu', false)).toBe(true);
    expect(matchesSong(song({}), 'osnabruck house', false)).toBe(false);
    expect(matchesSong(song({}), '', true)).toBe(true);
    expect(matchesSong(song({ operations: [rule('style', 'deny')] }), '', true)).toBe(false);
  });

  it('suggest only what their owner allows and what they have', () => {
    expect(suggestionsFor(song({})).join()).toContain('keep the voice');
    expect(suggestionsFor(song({ has_vocals: false })).join()).not.toContain('voice');
    expect(suggestionsFor(song({ operations: [rule('style', 'deny')] })).join()).not.toContain('bossa');
    expect(suggestionsFor(song({ operations: [rule('tempo_pitch', 'deny')] })).join()).not.toMatch(/slow|fast/);
  });
});
