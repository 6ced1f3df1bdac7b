/** News as people read it: one sentence, and where to go from there. Pure; what is unknown is told as it came. */

import type { News } from './news-api';
import { day, sentenceCase } from './format';
import { href } from './router.svelte';

export interface Told {
  title: string;
  text: string;
  href: string | null;
  tone: 'good' | 'ask' | 'bad' | 'plain';
}

const MOVED: Readonly<Record<string, [title: string, tone: Told['tone']]>> = {
  pending: ['The owner is asked about your remix', 'ask'],
  released: ['Your remix is released', 'good'],
  unlisted: ['Your remix is out of the lists', 'ask'],
  frozen: ['Your remix is held back for now', 'ask'],
  taken_down: ['Your remix was taken down', 'bad'],
  refused: ['Your remix was not released', 'bad'],
};
const BECOMES: Readonly<Record<string, [title: string, tone: Told['tone']]>> = {
  permitted: ['A permission was withdrawn; your remix stays', 'plain'],
  keep: ['A permission was withdrawn; your release may stay', 'plain'],
  private: ['A permission was withdrawn; your remix stays yours', 'ask'],
  already: ['A permission was withdrawn; your remix stays where it is', 'plain'],
  unlist: ['A permission was withdrawn; your remix leaves the lists', 'ask'],
  take_down: ['A permission was withdrawn; your remix is taken down', 'bad'],
  cancelled: ['A permission was withdrawn; your remix is not made', 'bad'],
  refused: ['A permission was withdrawn; your remix is not let out', 'bad'],
};

/** The titles of one's own remixes by id, because news hold ids only. */
export type Titles = (remixId: string) => string | null;

export function told(news: News, titleOf: Titles = () => null): Told {
  const said = (name: string): string => (typeof news.payload[name] === 'string' ? (news.payload[name] as string) : '');
  const remixId = said('remix_id');
  const name = said('title') || titleOf(remixId);
  const about = name ? `“${name}”. ` : '';
  const to = remixId ? href.remix(remixId) : null;
  switch (news.kind) {
    case 'approval.requested':
      return { title: `${said('asked_by')} asks for your approval`, text: `${said('label')}.${said('due_at') ? ` It lapses on ${day(said('due_at'))}.` : ''}`, href: href.approvals, tone: 'ask' };
    case 'approval.answered': {
      const yes = said('answer') === 'approved';
      return { title: yes ? 'The owner said yes' : said('answer') === 'lapsed' ? 'The owner did not answer in time' : 'The owner said no', text: `${about}${said('reason')}`, href: to, tone: yes ? 'good' : 'bad' };
    }
    case 'release.moved': {
      const [title, tone] = MOVED[said('to')] ?? ['A release changed', 'plain'];
      return { title, text: `${about}${said('reason')}`, href: to, tone };
    }
    case 'grant.withdrawn': {
      if (!remixId) return { title: 'A permission was withdrawn', text: `${said('by')}: ${said('reason')}`, href: href.rights, tone: 'plain' };
      const [title, tone] = BECOMES[said('becomes')] ?? ['A permission was withdrawn', 'ask'];
      return { title, text: `${about}${said('reason')}`, href: to, tone };
    }
    case 'dispute.opened':
      return { title: 'A dispute was opened', text: `${about}Nothing new is made of it, and its money is held back.`, href: href.disputes, tone: 'ask' };
    case 'dispute.resolved':
      return { title: 'A dispute is over', text: `${about}${sentenceCase(said('outcome'))}.`, href: href.disputes, tone: 'plain' };
    case 'notice.received':
      return { title: 'A notice took your remix down', text: `${about}${said('answer_until') ? `You can answer it until ${day(said('answer_until'))}.` : 'You can answer it.'}`, href: to, tone: 'bad' };
    case 'notice.answered':
      return { title: 'What a notice took down came back', text: `${about}${said('reason')}`, href: to, tone: 'good' };
    default:
      return { title: sentenceCase(news.kind.replaceAll(/[._]/g, ' ')), text: `${about}${said('reason')}`, href: to, tone: 'plain' };
  }
}
