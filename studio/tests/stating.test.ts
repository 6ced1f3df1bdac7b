import { describe, expect, it } from 'vitest';
import type { Share } from '../src/lib/ownership-api';
import { emptyLine, EVERYWHERE, faultOf, lacking, linesOf, permissionGroups, sharesOf, songGroups, whereWords } from '../src/lib/stating';

const SHARE: Share = { party_id: 'pty_1', name: 'Ada', role: 'label', share: '1/1', territories: EVERYWHERE, valid_from: '2026-03-01T10:30:00Z', valid_to: null };

describe('the form of shares', () => {
  it('sends what was not touched exactly as it came', () => {
    const lines = linesOf([SHARE]);
    expect(lines[0]!.share).toBe('1/1');
    expect(sharesOf(lines, [SHARE])[0]).toMatchObject({ valid_from: '2026-03-01T10:30:00Z', valid_to: null, role: 'label' });
    expect(sharesOf([{ ...lines[0]!, from: '2026-04-01', until: '2026-04-30' }], [SHARE])[0]).toMatchObject({
      valid_from: '2026-04-01T00:00:00.000Z',
      valid_to: '2026-05-01T00:00:00.000Z',
    });
  });

  it('says what is lacking before it asks', () => {
    const line = emptyLine([]);
    expect(lacking(line)).toContain('who');
    expect(lacking({ ...line, party_id: 'pty_1' })).toContain('how much');
    expect(lacking({ ...line, party_id: 'pty_1', share: '1/2', territories: { include: [], exclude: [] } })).toBe('Say where.');
    expect(lacking({ ...line, party_id: 'pty_1', share: '1/2', from: '2026-05-02', until: '2026-05-01' })).toContain('before');
    expect(lacking({ ...line, party_id: 'pty_1', share: '1/2', from: '2026-05-01', until: '2026-05-01' })).toBeNull();
  });

  it('never gives a new line the moments of one that was there', () => {
    const lines = linesOf([SHARE]);
    const added = { ...emptyLine(lines), party_id: 'pty_2', share: '1/2' };
    expect(sharesOf([added], [SHARE])[0]).toMatchObject({ valid_from: null, valid_to: null });
  });

  it('finds the line that a message is about', () => {
    expect(faultOf('shares[1].share: 50 may be a part or percent')).toEqual({ place: 1, said: '50 may be a part or percent' });
    expect(faultOf('share 3 is held nowhere')).toEqual({ place: 2, said: 'It is held nowhere' });
    expect(faultOf('there is no party')).toBeNull();
  });

  it('puts what changes alike into one line', () => {
    const change = (operation: string, tier: string, after: 'deny' | 'permit') => ({ operation, tier, before: after === 'deny' ? ('permit' as const) : ('deny' as const), after });
    const groups = permissionGroups([change('style', 'free', 'deny'), change('tempo_pitch', 'free', 'deny'), change('style', 'premium', 'deny'), change('tempo_pitch', 'premium', 'deny'), change('cover', 'premium', 'permit')], { free: 'Free plan', premium: 'Add-on' });
    expect(groups.map((group) => [group.plans, group.after, group.operations])).toEqual([
      ['Free plan and Add-on', 'deny', ['style', 'tempo pitch']],
      ['Add-on', 'permit', ['cover']],
    ]);
  });

  it('puts songs of which the same changes together, and those of which nothing does', () => {
    const gone = [{ operation: 'style', tier: 'free', before: 'permit' as const, after: 'deny' as const }];
    const song = (title: string, permissions: typeof gone) => ({ song_id: title, title, artist: 'Ada', permissions });
    const groups = songGroups([song('Rain', gone), song('Rain (demo)', []), song('Rain (live)', gone)], { free: 'Free plan' });
    expect(groups.map((group) => [group.songs.map((each) => each.title), group.lines.map((line) => line.operations)])).toEqual([
      [['Rain', 'Rain (live)'], [['style']]],
      [['Rain (demo)'], []],
    ]);
  });

  it('says where in a few words', () => {
    expect(whereWords(EVERYWHERE)).toBe('everywhere');
    expect(whereWords({ include: ['Worldwide'], exclude: ['JP'] })).toBe('everywhere − JP');
    expect(whereWords({ include: ['DE', 'AT'], exclude: [] })).toBe('DE AT');
  });
});
