/** Terms of a grant, edited: pure, so that what a click does can be tried without a page. */

import type { Allowed, CellState, Column, Terms } from './rights-api';

export const WORLDWIDE = 'Worldwide';
const ORDER: readonly CellState[] = ['no', 'yes', 'ask'];

export const STATES: Readonly<Record<CellState, { label: string; about: string }>> = {
  yes: { label: 'Yes', about: 'allowed' },
  ask: { label: 'Ask me', about: 'you hear it first' },
  no: { label: 'No', about: 'not allowed' },
};

/** Terms that allow nothing yet, everywhere and for everybody. */
export function noTerms(attribution: string | null = null): Terms {
  return {
    operations: [],
    territories: { include: [WORLDWIDE], exclude: [] },
    valid_from: null,
    valid_to: null,
    tiers: null,
    licence_id: null,
    non_commercial: false,
    share_alike: false,
    attribution,
  };
}

export function stateOf(terms: Terms, operation: string): CellState {
  const allowed = terms.operations.find((each) => each.operation === operation);
  return allowed === undefined ? 'no' : allowed.needs_approval ? 'ask' : 'yes';
}

/** The state that follows when a cell is pressed: no, yes, ask me, no … */
export function nextState(state: CellState): CellState {
  return ORDER[(ORDER.indexOf(state) + 1) % ORDER.length] ?? 'no';
}

/** The same terms with one cell changed; the bounds of an operation that stays are kept. */
export function withCell(terms: Terms, operation: string, state: CellState): Terms {
  const known = terms.operations.find((each) => each.operation === operation);
  const others = terms.operations.filter((each) => each.operation !== operation);
  if (state === 'no') return { ...terms, operations: others };
  const allowed: Allowed = { operation, bounds: known?.bounds ?? {}, needs_approval: state === 'ask' };
  const operations = [...others, allowed].sort((a, b) => (a.operation < b.operation ? -1 : 1));
  return { ...terms, operations };
}

/** Whether two terms say the same. */
export function sameTerms(a: Terms, b: Terms): boolean {
  return canonical(a) === canonical(b);
}

/** Lists that say nothing when they are empty; of plans and places an empty one means nobody and nowhere. */
const NOTHING_WHEN_EMPTY: ReadonlySet<string> = new Set(['artists', 'labels', 'genres', 'banned_topics', 'exclude']);

function saysNothing(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return !value.length && NOTHING_WHEN_EMPTY.has(name);
  return typeof value === 'object' && Object.entries(value).every(([inner, each]) => saysNothing(inner, each));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).filter(([name, inner]) => !saysNothing(name, inner)).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each,
  );
}

/** A column as it is edited: what was read, what it is now, and whether it is new. */
export interface Draft {
  key: string;
  column: Column | null;
  terms: Terms;
}

/** A draft after it was saved: based on the column that came of it, with what was edited since. */
export function savedDraft(draft: Draft, columns: readonly Column[]): Draft {
  const series = Object.keys(draft.column?.series ?? {});
  const column = columns.find((each) => (series.length ? series.some((one) => one in each.series) : sameTerms(each.terms, draft.terms)));
  return column ? { ...draft, column } : draft;
}

export const isChanged = (draft: Draft): boolean => draft.column === null || !sameTerms(draft.column.terms, draft.terms);

const SIDES: Readonly<Record<string, string>> = { master: 'the recording', work: 'the composition', voice: 'the voice', performer: 'the voice' };

/** Whose word a column is, where it is not that of all who must agree: two columns may say the same for different sides. */
export function whoseWords(column: { for_all: boolean; holders: readonly string[] } | null): string | null {
  if (column === null || column.for_all) return null;
  const bySide = new Map<string, string[]>();
  for (const holder of column.holders) {
    const [, name, side] = /^(.*) \((\w+)\)$/s.exec(holder) ?? [null, holder, ''];
    bySide.set(side!, [...(bySide.get(side!) ?? []), name!]);
  }
  return [...bySide].map(([side, names]) => (SIDES[side] ? `${SIDES[side]}, ${names.join(' and ')}` : names.join(' and '))).join('; ') || null;
}
