import { describe, expect, it } from 'vitest';
import { heldLines, type HeldMoney } from '../src/lib/held-money';

const side = (more: Partial<HeldMoney['sides'][number]>): HeldMoney['sides'][number] => ({ recording_id: 'rec_1', title: 'Rain', side: 'work', uses: 2, held_micros: 40_000, to: [], left_micros: 40_000, why: 'nobody holds it', ...more });
const held = (...sides: HeldMoney['sides']): HeldMoney => ({ done: false, currency: 'EUR', sides, given_micros: 0, left_micros: 0 });

describe('money that is held', () => {
  it('says for whom it waits, and why the rest stays', () => {
    const lines = heldLines(held(side({ to: [{ party_id: 'pty_1', name: 'Ada', amount_micros: 10_000 }], left_micros: 30_000 })));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('of the composition are waiting for Ada.');
    expect(lines[1]).toContain('of the composition stay held: nobody holds it.');
  });

  it('says nothing where nothing is held', () => {
    expect(heldLines(held())).toEqual([]);
    expect(heldLines(held(side({ held_micros: 0, left_micros: 0 })))).toEqual([]);
  });
});
