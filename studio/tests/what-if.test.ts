import { describe, expect, it } from 'vitest';
import { queryOf, questionOf } from '../src/lib/what-if';

describe('a question as an address', () => {
  it('comes back as it was asked', () => {
    const question = { songs: ['rec_a', 'rec_b'], operation: 'mashup', tier: 'free', territory: 'JP', at: '2027-03-01T12:00:00Z' };
    expect(questionOf(queryOf(question).toString())).toEqual(question);
  });

  it('is a sensible one whatever the address says', () => {
    expect(questionOf('operation=steal&tier=gold&in=Mars&at=soon')).toEqual({ songs: [], operation: 'style', tier: 'premium', territory: undefined, at: undefined });
  });
});
