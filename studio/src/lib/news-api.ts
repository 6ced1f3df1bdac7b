/** What a listener, or the owners, were told. */

import { call } from './http';

/** What an id in a payload means. */
export interface About {
  kind: 'remix' | 'song' | 'composition';
  id: string;
  title: string;
  by: string;
  song_id: string;
  /** Of a composition: how many songs it is about. */
  recordings: number;
}

export interface News {
  id: string;
  sequence: number;
  kind: string;
  party_id: string | null;
  payload: Record<string, unknown>;
  /** What it is about, as far as it is still known here. */
  about: About[];
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
