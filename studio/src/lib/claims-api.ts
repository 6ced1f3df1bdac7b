/** Disputes and notices as values and calls, for owners and whoever runs the service. */

import { at, call } from './http';

export interface DisputeEvent {
  kind: 'opened' | 'note' | 'resolved';
  outcome: string | null;
  text: string;
  by: string;
  at: string;
}

export interface Dispute {
  id: string;
  subject_kind: string;
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
  resolve: (id: string, outcome: string, reason: string) => call<Dispute>(`/api/disputes/${at(id)}/resolution`, { method: 'POST', body: { outcome, reason } }),
  notices: (onlyOpen: boolean) => call<{ notices: ServedNotice[] }>(`/api/notices?only_open=${onlyOpen}`).then((answer) => answer.notices),
  act: (id: string, deed: NoticeDeed, reason: string) => call<ServedNotice>(`/api/notices/${at(id)}/${deed}`, { method: 'POST', body: { reason } }),
};
