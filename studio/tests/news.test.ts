import { describe, expect, it } from 'vitest';
import { numbersOf, placesOf, told } from '../src/lib/news';
import type { About, News } from '../src/lib/news-api';

const REMIX: About = { kind: 'remix', id: 'rmx_1', title: 'House remix', by: 'Bea', song_id: 'rec_1', recordings: 1 };
const SONG: About = { kind: 'song', id: 'rec_1', title: 'Rain', by: 'Ada', song_id: 'rec_1', recordings: 1 };
const news = (kind: string, payload: Record<string, unknown>, about: About[] = [], party: string | null = null): News => ({ id: 'n', sequence: 1, kind, party_id: party, payload, about, at: '2026-03-01T12:00:00Z', read: false });

describe('news', () => {
  it('says what became of a question, why, and where to look', () => {
    const said = told(news('approval.answered', { remix_id: 'rmx_1', title: 'House remix', answer: 'refused', reason: 'Too slow.' }));
    expect(said).toEqual({ title: 'The owner said no', text: '“House remix”. Too slow.', href: '#/remix/rmx_1', tone: 'bad' });
    expect(told(news('approval.answered', { answer: 'approved' })).tone).toBe('good');
    expect(told(news('approval.answered', { answer: 'lapsed' })).title).toContain('in time');
  });

  it('names a release by the title that its maker knows', () => {
    const moved = { remix_id: 'rmx_1', to: 'taken_down', reason: 'A notice.' };
    expect(told(news('release.moved', moved, [REMIX])).text).toBe('“House remix”. A notice.');
    expect(told(news('release.moved', moved)).text).toBe('A notice.');
  });

  it('tells an owner another thing about a withdrawal than its listeners', () => {
    expect(told(news('grant.withdrawn', { by: 'Ada', reason: 'sold' })).href).toBe('#/rights');
    const owner = told(news('grant.withdrawn', { by: 'Ada', reason: 'sold', side: 'work', series: 'grs_1' }, [SONG], 'pty_1'));
    expect(owner).toMatchObject({ text: 'Of the composition of “Rain” by Ada. Ada: sold', href: '#/rights/song/rec_1' });
    expect(told(news('grant.withdrawn', { remix_id: 'rmx_1', becomes: 'take_down', reason: '' })).tone).toBe('bad');
  });

  it('leads to what it is about, and keeps the numbers out of the sentences', () => {
    const dispute = news('dispute.opened', { dispute_id: 'dsp_1', subject_id: 'wrk_1', title: 'Rain' }, [{ ...SONG, kind: 'composition', id: 'wrk_1', recordings: 3 }], 'pty_1');
    expect(told(dispute).href).toBe('#/rights/disputes');
    expect(placesOf(dispute)).toEqual([{ words: 'the composition of “Rain”, 3 songs', href: '#/rights/song/rec_1' }]);
    expect(numbersOf(dispute)).toEqual([{ of: 'Song or composition', id: 'wrk_1' }, { of: 'Dispute', id: 'dsp_1' }]);
    expect(placesOf(news('release.moved', { remix_id: 'rmx_1' }, [REMIX]))).toEqual([{ words: '“House remix”', href: '#/remix/rmx_1' }]);
    expect(placesOf(news('release.moved', { remix_id: 'rmx_1' }))).toEqual([]);
    for (const kind of ['release.moved', 'grant.withdrawn', 'dispute.opened', 'notice.received', 'approval.answered']) {
      const said = told(news(kind, { remix_id: 'rmx_1', release_id: 'rls_1', notice_id: 'ntc_1', dispute_id: 'dsp_1', reason: 'Why.' }, [REMIX]));
      expect(`${said.title} ${said.text}`).not.toMatch(/[a-z]{3}_1/);
    }
  });

  it('never shows what it does not understand as something else', () => {
    expect(told(news('moon.full', { reason: 'It is.' }))).toEqual({ title: 'Moon full', text: 'It is.', href: null, tone: 'plain' });
    expect(told(news('release.moved', { to: 7 })).title).toBe('A release changed');
  });
});
