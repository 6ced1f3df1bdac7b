/** Disputes and notices as values and calls, for owners and whoever runs the service. */

import { at, call } from './http';

export interface DisputeEvent {
  kind: 'opened' | 'note' | 'resolved';
  outcome: string | null;
  text: string;
  statement: string | null;
  by: string;
  at: string;
}

export interface Dispute {
  id: string;
  subject_kind: string;
  subject_id: string;
  title: string;
  recordings: string[];
  side: string;
  grounds: string;
  claimant: string;
  evidence: string;
  releases: 'play' | 'freeze';
  open: boolean;
  outcome: string | null;
  opened_by: string;
  opened_at: string;
  events: DisputeEvent[];
  note: string | null;
}

export type Outcome = 'upheld' | 'rejected' | 'settled';
export type Side = 'master' | 'work' | 'both';

/** What is claimed, by whom, on what grounds. */
export interface Claim {
  subject_id: string;
  claimant: string;
  evidence: string;
  side: Side;
  grounds: string;
}

/** What a step would do; the server does it and takes it back. */
export interface Foreseen {
  songs: { song_id: string; title: string; artist: string; before: string; after: string }[];
  releases: { release_id: string; remix_id: string; title: string; by: string; before: string; after: string; held: boolean }[];
  takes_gone: number;
  takes_back: number;
  listeners: number;
  told: string[];
  answer_until: string | null;
}

/** A statement of ownership that a settlement may name. */
export interface Statement {
  id: string;
  side: string;
  title: string;
  version: number;
  by: string;
  reason: string;
  shares: string;
  at: string;
  since_opened: boolean;
}

/** A notice that took down a remix of this listener. */
export interface MyNotice {
  id: string;
  state: NoticeState;
  basis: string;
  work: string;
  served_by: string;
  explanation: string;
  statement: Record<string, unknown>;
  taken_down_at: string;
  answerable: boolean;
  reason: string | null;
  answer_until: string | null;
  back_after_business_days: [number, number];
  needed: { field: string; sentence: string; rule: string }[];
  answer: { name: string; statement: string; at: string; back_at: string | null; back_by: string | null } | null;
}

export interface CounterNotice {
  name: string;
  address: string;
  email: string;
  statement: string;
  good_faith: boolean;
  jurisdiction: boolean;
  signature: string;
}

export type NoticeState = 'received' | 'incomplete' | 'accepted' | 'rejected' | 'taken_down' | 'counter_notice' | 'restored' | 'upheld';
export type NoticeDeed = 'accept' | 'reject' | 'restore' | 'uphold';

export interface NoticeStep {
  state: NoticeState;
  text: string;
  due_at: string | null;
  by: string;
  at: string;
}

export interface ServedNotice {
  id: string;
  state: NoticeState;
  channel: string;
  received_at: string;
  due_at: string | null;
  document: { basis?: string; work?: string; location?: string; explanation?: string; claimant?: { name?: string; on_behalf_of?: string } };
  missing: { field: string; sentence: string; rule: string }[];
  releases: string[];
  steps: NoticeStep[];
}

export const claimsApi = {
  disputes: (onlyOpen: boolean) => call<{ disputes: Dispute[] }>(`/api/disputes?only_open=${onlyOpen}`).then((answer) => answer.disputes),
  foreseeDispute: (subjectId: string) => call<Foreseen>('/api/disputes/preview', { method: 'POST', body: { subject_id: subjectId } }),
  openDispute: (claim: Claim) => call<Dispute>('/api/disputes', { method: 'POST', body: claim }),
  note: (id: string, text: string) => call<Dispute>(`/api/disputes/${at(id)}/notes`, { method: 'POST', body: { text } }),
  foreseeEnd: (id: string, outcome: Outcome) => call<Foreseen>(`/api/disputes/${at(id)}/resolution/preview`, { method: 'POST', body: { outcome } }),
  statements: (id: string) => call<{ statements: Statement[] }>(`/api/disputes/${at(id)}/statements`).then((answer) => answer.statements),
  resolve: (id: string, outcome: Outcome, reason: string, statement: string | null) =>
    call<Dispute>(`/api/disputes/${at(id)}/resolution`, { method: 'POST', body: { outcome, reason, ...(statement ? { statement } : {}) } }),
  notices: (onlyOpen: boolean) => call<{ notices: ServedNotice[] }>(`/api/notices?only_open=${onlyOpen}`).then((answer) => answer.notices),
  foreseeDeed: (id: string, deed: NoticeDeed) => call<Foreseen>(`/api/notices/${at(id)}/preview`, { method: 'POST', body: { deed } }),
  act: (id: string, deed: NoticeDeed, reason: string) => call<ServedNotice>(`/api/notices/${at(id)}/${deed}`, { method: 'POST', body: { reason } }),
  aboutMine: (remixId: string) => call<{ notices: MyNotice[] }>(`/api/remixes/${at(remixId)}/notices`).then((answer) => answer.notices),
  answer: (id: string, document: CounterNotice) => call<{ id: string; state: NoticeState; sentence: string }>(`/api/notices/${at(id)}/counter`, { method: 'POST', body: document }),
};
