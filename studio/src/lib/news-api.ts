/** What a listener, or the owners, were told. */

import { call } from './http';

export interface News {
  id: string;
  sequence: number;
  kind: string;
  party_id: string | null;
  payload: Record<string, unknown>;
  at: string;
  read: boolean;
}

export interface Inbox {
  news: News[];
  unread: number;
  next: number | null;
}

export type Whose = 'mine' | 'owner';

const ROOM: Readonly<Record<Whose, string>> = { mine: '/api/notifications', owner: '/api/owner/notifications' };

export const newsApi = {
  inbox: (whose: Whose, before?: number) => call<Inbox>(`${ROOM[whose]}${before ? `?before=${before}` : ''}`),
  read: (whose: Whose, upTo: number) => call<{ unread: number }>(`${ROOM[whose]}/read`, { method: 'POST', body: { up_to: upTo } }),
};
