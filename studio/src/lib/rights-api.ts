/** The rights holder's and the operator's interface as values and calls. */

import type { Outcome, Reason } from './api';
import { at, call } from './http';

export type CellState = 'yes' | 'ask' | 'no';
export type Topic = 'political' | 'sexual' | 'hate' | 'violence' | 'advertising' | 'religious' | 'drugs';

export interface Bound {
  least?: number | null;
  most?: number | null;
}

export interface Allowed {
  operation: string;
  bounds: Record<string, Bound>;
  needs_approval: boolean;
}

export interface Limits {
  whole?: Record<string, Bound>;
  uses_per_listener_month?: number | null;
  uses_total?: number | null;
  releases_per_listener?: number | null;
  releases_per_artist_listener?: number | null;
  releases_total?: number | null;
}

/** What a grant says; fields that say nothing are left out by the server. */
export interface Terms {
  operations: Allowed[];
  territories: { include: string[]; exclude: string[] };
  valid_from: string | null;
  valid_to: string | null;
  tiers: string[] | null;
  licence_id: string | null;
  non_commercial: boolean;
  share_alike: boolean;
  attribution: string | null;
  limits?: Limits;
  not_beside?: { artists?: string[]; labels?: string[]; genres?: string[] };
  banned_topics?: Topic[];
  price?: { currency: string; generation_micros: number; play_micros: number } | null;
  on_withdrawal?: { fate: 'keep' | 'unlist' | 'take_down'; hours: number };
}

export interface Cell {
  operation: string;
  words: string;
  state: CellState;
}

/** One grant, or the same grant by several holders: a column of the matrix. */
export interface Column {
  key: string;
  series: Record<string, number>;
  origin: string;
  holders: string[];
  for_all: boolean;
  where: string;
  tiers: string[] | null;
  terms: Terms;
  cells: Cell[];
  editable: boolean;
  reason: string | null;
}

export interface EffectiveRow {
  tier: string;
  territory: string;
  cells: { operation: string; outcome: Outcome; reasons: (Reason & { operation: string | null })[] }[];
}

export interface HolderShare {
  party_id: string;
  name: string;
  role: string;
  side: 'master' | 'work';
  share: string;
  where: string;
  valid_from: string | null;
  valid_to: string | null;
}

export interface Sheet {
  song_id: string;
  work_id: string;
  title: string;
  artist: string;
  album: string | null;
  label: string | null;
  isrc: string | null;
  status: string;
  announced: boolean;
  summary: string[];
  columns: Column[];
  withdrawn: Column[];
  effective: EffectiveRow[];
  holders: HolderShare[];
  /** Where and when the shares do not add up to one. */
  findings: { kind: 'gap' | 'overlap'; side: 'master' | 'work'; sentence: string; now: boolean }[];
}

/** One version of a grant, or of the same grant by several that was given in one go. */
export interface GrantVersion {
  series: string[];
  version: number;
  status: 'active' | 'withdrawn';
  origin: string;
  parties: string[];
  by: string;
  at: string;
  summary: string[];
}

export type Becomes = 'permitted' | 'keep' | 'private' | 'already' | 'unlist' | 'take_down' | 'cancelled' | 'refused';

/** What a withdrawal does, or would do. */
export interface Withdrawal {
  series: string[];
  /** Every recording that it is about: of a composition all that were made of it. */
  songs: { song_id: string; title: string; artist: string }[];
  /** Public licences under which it is not offered here any more; what they gave cannot be taken back. */
  licences: string[];
  affected: {
    remix_id: string;
    release_id: string | null;
    title: string;
    /** Title and artist of what it is made of. */
    song: string;
    by: string;
    parent_remix_id: string | null;
    state: string;
    becomes: Becomes;
    due_at: string | null;
    reason: string;
    earned_micros: number;
  }[];
  /** How many remixes become what; one whose release and whose take go is one. */
  counts: Partial<Record<Becomes, number>>;
  remixes: number;
  listeners: number;
  earned_micros: number;
  currency: string;
}

export interface CatalogueEntry {
  song_id: string;
  title: string;
  artist: string;
  album: string | null;
  label: string | null;
  isrc: string | null;
  status: string;
  /** Whether its sound is not here yet. */
  announced: boolean;
  cover_url: string | null;
  summary: string[];
  granted: string[];
  remixes: number;
}

export interface CataloguePage {
  total: number;
  songs: CatalogueEntry[];
  next: number | null;
}

export interface Selection {
  label?: string;
  artist?: string;
  album?: string;
  song_ids?: string[];
}

export interface Change {
  preset?: 'none' | 'mine' | 'open';
  terms?: Terms;
  cells?: Record<string, CellState>;
  territories?: { include: string[]; exclude: string[] };
  tiers?: string[];
}

export interface SongChange {
  song_id: string;
  title: string;
  artist: string;
  before: string[];
  after: string[];
  changed: boolean;
  note: string | null;
}

export interface BulkAnswer {
  dry_run: boolean;
  changed: number;
  songs: SongChange[];
}

export interface Question {
  songs: string[];
  operation: string;
  tier: string;
  territory?: string;
  at?: string;
  beside?: string[];
}

export interface Answer {
  outcome: Outcome;
  reasons: (Reason & { operation: string | null; detail: string })[];
  grants: string[];
  capability: { possible: boolean; sentence: string | null };
  operation: string;
  territory: string;
  tier: string;
  at: string;
}

/** What keeps a release or a take from being heard as its maker wants it. */
export interface Held {
  kind: 'grant' | 'answer' | 'dispute' | 'notice' | 'listener';
  id: string;
  state: string;
}

export interface ComeBack {
  permitted: boolean;
  sentences: string[];
  comes_back: boolean;
  state: string | null;
}

export interface Use {
  remix_id: string;
  release_id: string | null;
  held_by: Held[];
  title: string;
  by: string;
  words: string;
  created_at: string;
  status: string;
  state: string;
  parent_remix_id: string | null;
  duration_s: number;
  plays: number;
  earned_micros: number;
  currency: string;
  audio_url: string | null;
}

export interface UsesPage {
  song_id: string;
  total: number;
  uses: Use[];
  next: number | null;
}

export interface Switch {
  operation: string;
  on: boolean;
  territories: { include: string[]; exclude: string[] };
  tiers: string[] | null;
  percent: number;
  salt: string;
  valid_from: string | null;
  valid_to: string | null;
}

export interface SwitchState {
  operation: string;
  words: string;
  switch: Switch | null;
  sentence: string;
  possible: boolean;
  impossible: string | null;
}

export interface Touched {
  remix_id: string;
  title: string;
  by: string;
  song_id: string;
  status: string;
  state: string;
}

export interface Affected {
  operation: string;
  under_way: Touched[];
  released: Touched[];
  private: number;
}

export interface Country {
  code: string;
  name: string;
}

export const rightsApi = {
  countries: () => call<{ countries: Country[] }>('/api/rights/countries').then((answer) => answer.countries),
  songs: (words: string, start = 0, signal?: AbortSignal) =>
    call<CataloguePage>(`/api/rights/songs?${new URLSearchParams({ words, start: String(start) })}`, { signal }),
  names: (facet: 'artist' | 'album' | 'label', words: string, signal?: AbortSignal) =>
    call<{ names: string[]; more: boolean }>(`/api/rights/names?${new URLSearchParams({ facet, words })}`, { signal }),
  sheet: (songId: string, signal?: AbortSignal) => call<Sheet>(`/api/rights/songs/${at(songId)}`, { signal }),
  setColumn: (songId: string, terms: Terms, basedOn: Record<string, number> | null) =>
    call<Sheet>(`/api/rights/songs/${at(songId)}/column`, { method: 'PUT', body: { terms, based_on: basedOn } }),
  summary: (terms: readonly Terms[], signal?: AbortSignal) =>
    call<{ sentences: string[] }>('/api/rights/summary', { method: 'POST', body: { terms }, signal }).then((answer) => answer.sentences),
  bulk: (songs: Selection, change: Change, dryRun: boolean) =>
    call<BulkAnswer>('/api/rights/bulk', { method: 'POST', body: { songs, change, dry_run: dryRun } }),
  whatIf: (question: Question, signal?: AbortSignal) => call<Answer>('/api/rights/what-if', { method: 'POST', body: question, signal }),
  uses: (songId: string, start = 0) => call<UsesPage>(`/api/rights/songs/${at(songId)}/uses?start=${start}`),
  history: (songId: string) => call<{ versions: GrantVersion[] }>(`/api/rights/songs/${at(songId)}/history`).then((answer) => answer.versions),
  previewWithdrawal: (series: readonly string[]) => call<Withdrawal>('/api/rights/withdrawals/preview', { method: 'POST', body: { series } }),
  withdraw: (series: readonly string[], reason: string) => call<Withdrawal>('/api/rights/withdrawals', { method: 'POST', body: { series, reason } }),
  foreseeReturn: (releaseId: string) => call<ComeBack>(`/api/rights/releases/${at(releaseId)}/reinstate/preview`, { method: 'POST' }),
  reinstate: (releaseId: string) => call<{ release_id: string; came_back: boolean }>(`/api/rights/releases/${at(releaseId)}/reinstate`, { method: 'POST' }),
  auditUrl: (form: 'jsonl' | 'csv', songId?: string) => `/api/rights/audit?form=${form}${songId ? `&song_id=${at(songId)}` : ''}`,
  switches: () => call<{ switches: SwitchState[] }>('/api/rollout/switches').then((answer) => answer.switches),
  affected: (operation: string) => call<Affected>(`/api/rollout/switches/${at(operation)}/affected`),
  setSwitch: (operation: string, value: Partial<Switch>, reason: string) =>
    call<Affected>(`/api/rollout/switches/${at(operation)}`, { method: 'PUT', body: { switch: { operation, ...value }, reason } }),
};
