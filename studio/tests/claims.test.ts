import { describe, expect, it } from 'vitest';
import { CLOCKS, deedsOf, foreseenLines, lacksOf, NO_ANSWER, NOTICE_STATES, placeOf } from '../src/lib/claims';
import type { Foreseen, NoticeState } from '../src/lib/claims-api';
import { parseRoute, href } from '../src/lib/router.svelte';

describe('notices', () => {
  it('offer only what can be done where they are, and have a clock only while something can', () => {
    expect(deedsOf('received')).toEqual(['accept', 'reject']);
    expect(deedsOf('rejected')).toEqual([]);
    for (const state of Object.keys(CLOCKS) as NoticeState[]) expect(deedsOf(state).length, state).toBeGreaterThan(0);
    expect(Object.keys(NOTICE_STATES)).toHaveLength(8);
  });
});

const NOTHING: Foreseen = { songs: [], releases: [], takes_gone: 0, takes_back: 0, listeners: 0, told: [], answer_until: null };
const release = (before: string, after: string, held = false): Foreseen['releases'][number] => ({ release_id: before + after, remix_id: 'r', title: 'T', by: 'Ada', before, after, held });

describe('what a step does', () => {
  it('is told by what changes, and by what does not', () => {
    const song = { song_id: 's', title: 'Rain', artist: 'Ada' };
    const lines = foreseenLines({ ...NOTHING, songs: [{ ...song, before: 'active', after: 'frozen' }], releases: [release('released', 'released'), release('released', 'frozen'), release('taken_down', 'taken_down', true)], takes_gone: 2 });
    expect(lines).toEqual([
      'Of “Rain” no new remix can be made or released.',
      '1 release is held back from then on.',
      '1 release plays on.',
      '1 release stays where it is: something else holds it.',
      '2 takes cannot be played by their own listeners any more.',
    ]);
    expect(foreseenLines({ ...NOTHING, songs: [{ ...song, before: 'frozen', after: 'frozen' }] })[0]).toContain('something else holds it too');
    expect(foreseenLines(NOTHING)).toEqual([]);
  });
});

describe('an answer to a notice', () => {
  const needed = Object.keys(NO_ANSWER).map((field) => ({ field, sentence: `Say ${field}.` }));
  const whole = { name: 'Ada', address: 'London', email: 'ada@example.org', statement: 'It is mine.', good_faith: true, jurisdiction: true, signature: 'Ada' };
  it('lacks what is empty, unticked, or no address', () => {
    expect(Object.keys(lacksOf(NO_ANSWER, needed))).toHaveLength(7);
    expect(lacksOf(whole, needed)).toEqual({});
    expect(lacksOf({ ...whole, email: 'ada at home', name: '  ' }, needed)).toEqual({ email: 'Say email.', name: 'Say name.' });
  });
  it('is refused where the server says', () => {
    expect(placeOf('email: Give an e-mail address that works. (512(g)(3)(D))')).toEqual({ field: 'email', sentence: 'Give an e-mail address that works. (512(g)(3)(D))' });
    expect(placeOf('The server does not answer.')).toBeNull();
  });
});

describe('the new rooms', () => {
  it('read back what their links say', () => {
    expect(parseRoute(href.release('rls_1'))).toEqual({ name: 'release', id: 'rls_1' });
    expect(parseRoute(href.news)).toEqual({ name: 'news' });
    expect(parseRoute(href.disputes)).toEqual({ name: 'disputes' });
    expect(parseRoute(href.rollout)).toEqual({ name: 'rollout' });
    expect(parseRoute('#/news/more')).toEqual({ name: 'lost' });
    expect(parseRoute('#/release')).toEqual({ name: 'lost' });
  });
});
