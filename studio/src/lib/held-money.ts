/** Money of a song that is held until it is known whose it is. */

import { money } from './format';
import { call } from './http';

export interface HeldSide {
  recording_id: string;
  title: string;
  side: string;
  uses: number;
  held_micros: number;
  /** To whom it would be given out now. */
  to: { party_id: string; name: string; amount_micros: number }[];
  left_micros: number;
  /** Why the rest stays held. */
  why: string | null;
}

export interface HeldMoney {
  done: boolean;
  currency: string;
  sides: HeldSide[];
  given_micros: number;
  left_micros: number;
}

export const heldApi = {
  of: (songId: string, signal?: AbortSignal) => call<HeldMoney>(`/api/royalties/held?${new URLSearchParams({ song_id: songId })}`, { signal }),
  giveOut: (songId: string, reason: string) => call<HeldMoney>('/api/royalties/held/release', { method: 'POST', body: { song_id: songId, reason } }),
};

/** What waits, side by side: for whom, and why the rest stays; nothing where nothing is held. */
export function heldLines(held: HeldMoney): string[] {
  return held.sides
    .filter((side) => side.held_micros > 0)
    .flatMap((side) => {
      const of = side.side === 'work' ? 'the composition' : side.side === 'master' ? 'the recording' : side.side;
      const due = side.to.map((to) => `${money(to.amount_micros, held.currency)} of ${of} ${to.amount_micros === 0 ? 'is' : 'are'} waiting for ${to.name}.`);
      return side.left_micros > 0 ? [...due, `${money(side.left_micros, held.currency)} of ${of} stay held${side.why ? `: ${side.why.replace(/\.$/, '')}` : ''}.`] : due;
    });
}
