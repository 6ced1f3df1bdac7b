/** What is wished for many songs at once, as the change that is sent. */

import type { CellState, Change } from './rights-api';

export interface Wish {
  preset: '' | 'none' | 'mine' | 'open';
  cells: Record<string, CellState>;
  territories: { include: string[]; exclude: string[] } | null;
}

export const NO_CHANGE: Wish = { preset: '', cells: {}, territories: null };

/** The change, or null while nothing, or nothing that can be meant, is wished. */
export function changeOf(wish: Wish): Change | null {
  if (wish.preset) return { preset: wish.preset };
  if (wish.territories && !wish.territories.include.length) return null;
  const change: Change = {};
  if (Object.keys(wish.cells).length) change.cells = wish.cells;
  if (wish.territories) change.territories = wish.territories;
  return Object.keys(change).length ? change : null;
}
