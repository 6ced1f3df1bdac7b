/** Who owns a song, as values and calls of the rights holder's console. */

import type { Outcome } from './api';
import type { HeldSide } from './held-money';
import { at, call } from './http';

export type Side = 'master' | 'work';

export interface Places {
  include: string[];
  exclude: string[];
}

export interface Share {
  party_id: string;
  name: string;
  role: string;
  share: string;
  territories: Places;
  valid_from: string | null;
  valid_to: string | null;
}

/** A place and a time in which the same parties hold the same. */
export interface Region {
  kind: 'gap' | 'overlap' | 'whole';
  where: string;
  valid_from: string | null;
  valid_to: string | null;
  total: string;
  of_whole: number;
  now: boolean;
  parts: { party_id: string; name: string; share: string; of_whole: number }[];
}

export interface SideView {
  side: Side;
  version: number;
  shares: Share[];
  regions: Region[];
  stated_by: string | null;
  stated_at: string | null;
  reason: string | null;
  recordings: number;
}

export interface Statement {
  side: Side;
  shares: Omit<Share, 'name'>[];
  based_on: number;
}

export interface SongChange {
  song_id: string;
  title: string;
  artist: string;
  permissions: { operation: string; tier: string; before: Outcome; after: Outcome }[];
}

export interface StatementPreview {
  done: boolean;
  changed: boolean;
  regions: Region[];
  findings: string[];
  /** The song that is looked at, then every other recording of the composition where that is stated. */
  songs: SongChange[];
  /** Further recordings for which it counts as well, and which were not looked at one by one. */
  songs_unseen: number;
  territory: string;
  given_out: HeldSide[];
  currency: string;
  version: number;
}

export interface Party {
  party_id: string;
  name: string;
  kind: string;
  isni: string | null;
  ipi: string | null;
  dpid: string | null;
}

export type NewParty = Pick<Party, 'name' | 'kind'> & Partial<Pick<Party, 'isni' | 'ipi' | 'dpid'>>;

const place = (songId: string): string => `/api/rights/songs/${at(songId)}/shares`;

export const ownershipApi = {
  shares: (songId: string) => call<{ song_id: string; sides: SideView[] }>(place(songId)).then((answer) => answer.sides),
  preview: (songId: string, statement: Statement, signal?: AbortSignal) =>
    call<StatementPreview>(`${place(songId)}/preview`, { method: 'POST', body: statement, signal }),
  state: (songId: string, statement: Statement, reason: string, evidence: string, findingsAreMeant: boolean) =>
    call<StatementPreview>(place(songId), { method: 'PUT', body: { statement, reason, evidence, findings_are_meant: findingsAreMeant } }),
  parties: (words: string, signal?: AbortSignal) =>
    call<{ parties: Party[] }>(`/api/rights/parties?${new URLSearchParams({ words })}`, { signal }).then((answer) => answer.parties),
  addParty: (party: NewParty) => call<Party>('/api/rights/parties', { method: 'POST', body: party }),
};
