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

const OUTCOMES: Readonly<Record<string, string>> = { rejected: 'The claim was not right', upheld: 'The claim was right', settled: 'They agreed' };

/** Numbers that a piece of news names, for copying; what each is of. */
const NUMBERS: Readonly<Record<string, string>> = {
  remix_id: 'Remix', release_id: 'Release', subject_id: 'Song or composition', series: 'Grant', dispute_id: 'Dispute', notice_id: 'Notice', request_id: 'Question',
};

export function numbersOf(news: News): { of: string; id: string }[] {
  return Object.entries(NUMBERS).flatMap(([name, of]) => (typeof news.payload[name] === 'string' && news.payload[name] ? [{ of, id: news.payload[name] as string }] : []));
}

export interface Place {
  words: string;
  href: string;
}

/** Where more is to be seen of what it is about: to an owner the song's own page, to a listener the remix and its song. */
export function placesOf(news: News): Place[] {
  return news.about.map((about) => {
    if (about.kind === 'remix') return { words: `“${about.title}”${news.party_id ? ` by ${about.by}` : ''}`, href: href.remix(about.id) };
    const songs = about.kind === 'composition' && about.recordings > 1 ? `the composition of “${about.title}”, ${about.recordings} songs` : `“${about.title}” by ${about.by}`;
    return { words: songs, href: news.party_id ? href.rightsSong(about.song_id) : href.song(about.song_id) };
  });
}

const GRANT_OF: Readonly<Record<string, string>> = { master: 'the recording', work: 'the composition', voice: 'the voice', performer: 'the voice' };

export function told(news: News): Told {
  const said = (name: string): string => (typeof news.payload[name] === 'string' ? (news.payload[name] as string) : '');
  const remixId = said('remix_id');
  const of = news.about[0];
  const name = said('title') || of?.title || '';
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
      if (!remixId) {
        const side = GRANT_OF[said('side')];
        const what = name ? `${side ? `Of ${side} of ` : ''}“${name}”${of?.by ? ` by ${of.by}` : ''}. ` : '';
        return { title: 'A permission was withdrawn', text: `${what}${said('by')}: ${said('reason')}`, href: of ? href.rightsSong(of.song_id) : href.rights, tone: 'plain' };
      }
      const [title, tone] = BECOMES[said('becomes')] ?? ['A permission was withdrawn', 'ask'];
      return { title, text: `${about}${said('reason')}`, href: to, tone };
    }
    case 'dispute.opened':
      return { title: 'A dispute was opened', text: `${about}Nothing new is made of it, and its money is held back.`, href: href.disputes, tone: 'ask' };
    case 'dispute.resolved':
      return { title: 'A dispute is over', text: `${about}${OUTCOMES[said('outcome')] ?? sentenceCase(said('outcome'))}.`, href: href.disputes, tone: 'plain' };
    case 'notice.received':
      return { title: 'A notice took your remix down', text: `${about}${said('answer_until') ? `You can answer it until ${day(said('answer_until'))}.` : 'You can answer it.'}`, href: to, tone: 'bad' };
    case 'notice.answered':
      return { title: 'What a notice took down came back', text: `${about}${said('reason')}`, href: to, tone: 'good' };
    default:
      return { title: sentenceCase(news.kind.replaceAll(/[._]/g, ' ')), text: `${about}${said('reason')}`, href: to, tone: 'plain' };
  }
}
