import { describe, expect, it } from 'vitest';
import { told } from '../src/lib/news';
import type { News } from '../src/lib/news-api';

const news = (kind: string, payload: Record<string, unknown>): News => ({ id: 'n', sequence: 1, kind, party_id: null, payload, at: '2026-03-01T12:00:00Z', read: false });

describe('news', () => {
  it('says what became of a question, why, and where to look', () => {
    const said = told(news('approval.answered', { remix_id: 'rmx_1', title: 'House remix', answer: 'refused', reason: 'Too slow.' }));
    expect(said).toEqual({ title: 'The owner said no', text: '“House remix”. Too slow.', href: '#/remix/rmx_1', tone: 'bad' });
    expect(told(news('approval.answered', { answer: 'approved' })).tone).toBe('good');
    expect(told(news('approval.answered', { answer: 'lapsed' })).title).toContain('in time');
  });

  it('names a release by the title that its maker knows', () => {
    const moved = news('release.moved', { remix_id: 'rmx_1', to: 'taken_down', reason: 'A notice.' });
    expect(told(moved, (id) => (id === 'rmx_1' ? 'House remix' : null)).text).toBe('“House remix”. A notice.');
    expect(told(moved).text).toBe('A notice.');
  });

  it('tells an owner another thing about a withdrawal than its listeners', () => {
    expect(told(news('grant.withdrawn', { by: 'Ada', reason: 'sold' })).href).toBe('#/rights');
    expect(told(news('grant.withdrawn', { remix_id: 'rmx_1', becomes: 'take_down', reason: '' })).tone).toBe('bad');
  });

  it('never shows what it does not understand as something else', () => {
    expect(told(news('moon.full', { reason: 'It is.' }))).toEqual({ title: 'Moon full', text: 'It is.', href: null, tone: 'plain' });
    expect(told(news('release.moved', { to: 7 })).title).toBe('A release changed');
  });
});
