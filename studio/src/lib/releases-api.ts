/** Releases, remixes of remixes, and the approval queue as values and calls. */

import type { Credit, LineageNode, Plan, Recipe, ReleaseState, Remix, Sounding } from './api';
import { at, call } from './http';

export interface Move {
  from_state: ReleaseState | null;
  to_state: ReleaseState;
  reason: string;
  cause: string;
  at: string;
  due_at: string | null;
}

export interface Release extends Omit<Sounding, 'live_url'> {
  remix_id: string;
  song_ids: string[];
  remixer: string;
  mine: boolean;
  state: ReleaseState;
  sentence: string;
  isrc: string | null;
  isrc_note: string | null;
  released_at: string | null;
  credits: Credit[];
  lineage: LineageNode[];
  provenance: { state: string; signed_by: string | null };
  share_alike: boolean;
  plays: number;
  parent_remix_id: string | null;
  parent_note: string | null;
  derivable: boolean;
  history: Move[];
}

export interface Answered {
  answer: 'approved' | 'refused' | 'lapsed' | 'cancelled';
  reason: string;
  territories: { include?: string[]; exclude?: string[] };
  valid_to: string | null;
  listen_only: boolean;
  by: string;
  at: string;
}

export interface Approval {
  id: string;
  sequence: number;
  state: 'open' | 'approved' | 'refused' | 'lapsed' | 'cancelled';
  purpose: 'request' | 'release';
  party: string;
  side: 'master' | 'work' | 'voice';
  remix_id: string;
  asked_by: string;
  label: string;
  title: string;
  words: string;
  operations: { operation: string; extent?: Record<string, number> | null }[];
  style: string | null;
  duration_s: number;
  asked_at: string;
  due_at: string;
  audio_url: string | null;
  answers: Answered[];
}

export interface ApprovalPage {
  approvals: Approval[];
  next: number | null;
  open: number;
}

export interface Conditions {
  territories?: { include: string[]; exclude: string[] };
  valid_to?: string | null;
  listen_only?: boolean;
}

export const releasesApi = {
  release: (remixId: string) => call<Release>(`/api/remixes/${at(remixId)}/release`, { method: 'POST', body: {} }),
  unlist: (remixId: string, forGood: boolean) => call<Release>(`/api/remixes/${at(remixId)}/unlist`, { method: 'POST', body: { for_good: forGood } }),
  planAgain: (id: string, words: string, without: readonly string[], seed: number, signal?: AbortSignal) =>
    call<Plan>(`/api/remixes/${at(id)}/again/plan`, { method: 'POST', body: { words, without, seed }, signal }),
  again: (id: string, recipe: Recipe, words: string) => call<Remix>(`/api/remixes/${at(id)}/again`, { method: 'POST', body: { recipe, words } }),
  ofSong: (songId: string, before?: string) =>
    call<{ releases: Release[]; next: string | null }>(`/api/releases?${new URLSearchParams({ song_id: songId, ...(before ? { before } : {}) })}`),
  one: (id: string) => call<Release>(`/api/releases/${at(id)}`),
  approvals: (answered: boolean, before?: number) =>
    call<ApprovalPage>(`/api/approvals?${new URLSearchParams({ answered: String(answered), ...(before ? { before: String(before) } : {}) })}`),
  approve: (id: string, reason: string, conditions: Conditions) =>
    call<Approval>(`/api/approvals/${at(id)}/approve`, { method: 'POST', body: { reason, ...conditions } }),
  refuse: (id: string, reason: string) => call<Approval>(`/api/approvals/${at(id)}/refuse`, { method: 'POST', body: { reason } }),
};
