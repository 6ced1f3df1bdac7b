import { describe, expect, it } from 'vitest';
import { CLOCKS, deedsOf, NOTICE_STATES } from '../src/lib/claims';
import type { NoticeState } from '../src/lib/claims-api';
import { parseRoute, href } from '../src/lib/router.svelte';

describe('notices', () => {
  it('offer only what can be done where they are, and have a clock only while something can', () => {
    expect(deedsOf('received')).toEqual(['accept', 'reject']);
    expect(deedsOf('rejected')).toEqual([]);
    for (const state of Object.keys(CLOCKS) as NoticeState[]) expect(deedsOf(state).length, state).toBeGreaterThan(0);
    expect(Object.keys(NOTICE_STATES)).toHaveLength(8);
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
