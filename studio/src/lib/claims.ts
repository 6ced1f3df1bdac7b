/** What can be done with a notice where it is, and what its state means; pure. */

import type { CounterNotice, Foreseen, NoticeDeed, NoticeState, Outcome } from './claims-api';

export const NOTICE_STATES: Readonly<Record<NoticeState, string>> = {
  received: 'It waits for you to look at it',
  incomplete: 'It lacks something, and has no effect yet',
  accepted: 'Accepted',
  rejected: 'Not acted on',
  taken_down: 'What it is about is taken down',
  counter_notice: 'Whose it was has answered',
  restored: 'What was taken down came back',
  upheld: 'It stays down',
};

/** What the clock of a state does when nobody acts before it ends. */
export const CLOCKS: Readonly<Partial<Record<NoticeState, string>>> = {
  received: 'Look at it by then',
  incomplete: 'Without what is missing it is rejected then',
  taken_down: 'Unanswered, it stays down for good then',
  counter_notice: 'Unless an action is filed, it comes back then',
};

/** What a deed is, with what follows from it, before anybody does it. */
export const DEED_WORDS: Readonly<Record<NoticeDeed, { title: string; about: string; why: string; danger: boolean }>> = {
  accept: { title: 'Take it down?', about: 'It is kept from being heard, downloaded and made again here until the notice ends. Whose it is reads why, and may answer.', why: 'Whose it is reads it.', danger: true },
  reject: { title: 'Not act on it?', about: 'Nothing changes for anybody. The notice is over; whoever served it may serve another one.', why: 'It stands in the log.', danger: false },
  restore: { title: 'Let it come back?', about: 'What this notice took down comes back, but for what something else holds. Whose it is is told.', why: 'Whose it is reads it.', danger: false },
  uphold: { title: 'Let it stay down?', about: 'It stays down for good, and counts as a strike. Only whoever runs the service can let it come back later.', why: 'Such as: which action was filed, and where.', danger: true },
};

export const DEEDS: Readonly<Record<NoticeDeed, string>> = { accept: 'Take it down', reject: 'Do not act on it', restore: 'Let it come back', uphold: 'Let it stay down' };

const POSSIBLE: Readonly<Record<NoticeState, readonly NoticeDeed[]>> = {
  received: ['accept', 'reject'],
  incomplete: ['reject'],
  accepted: ['reject'],
  rejected: [],
  taken_down: ['restore', 'uphold'],
  counter_notice: ['restore', 'uphold'],
  restored: [],
  upheld: ['restore'],
};

export const deedsOf = (state: NoticeState): readonly NoticeDeed[] => POSSIBLE[state] ?? [];

export const GROUNDS: readonly { value: string; label: string; short: string }[] = [
  { value: 'ownership', label: 'who owns it', short: 'who owns it' },
  { value: 'shares', label: 'how large the shares are', short: 'the shares' },
  { value: 'authority', label: 'who may speak for it', short: 'who may speak for it' },
  { value: 'voice', label: 'whose voice it is', short: 'whose voice it is' },
  { value: 'samples', label: 'what it contains of others', short: 'what it contains' },
  { value: 'other', label: 'something else', short: 'something else' },
];

export const OUTCOMES: readonly { value: Outcome; label: string; about: string }[] = [
  { value: 'rejected', label: 'The claim is not right', about: 'Everything is as it was before.' },
  { value: 'upheld', label: 'The claim is right', about: 'Shares and grants do not change by this: state who owns it and withdraw what must go.' },
  { value: 'settled', label: 'They agreed', about: 'The agreement is a new statement of who owns what; name it.' },
];

const RELEASES: Readonly<Record<string, string>> = { released: 'heard by everybody', unlisted: 'out of the lists', pending: 'waiting for its owners', frozen: 'held back', taken_down: 'taken down', refused: 'refused' };
export const releaseWords = (state: string): string => RELEASES[state] ?? state.replaceAll('_', ' ');

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What a step does, in lines; the first say most. */
export function foreseenLines(seen: Foreseen): string[] {
  const lines = seen.songs.flatMap((song) => {
    if (song.before === song.after) return song.after === 'active' ? [] : [`“${song.title}” stays as it is: something else holds it too.`];
    const words: Readonly<Record<string, string>> = { frozen: 'no new remix can be made or released', withdrawn: 'goes out of the catalogue', active: 'can be remixed again' };
    return [song.after === 'frozen' ? `Of “${song.title}” ${words.frozen}.` : `“${song.title}” ${words[song.after] ?? song.after}.`];
  });
  const changed = seen.releases.filter((each) => each.before !== each.after);
  const held = seen.releases.filter((each) => each.held);
  const playing = seen.releases.filter((each) => each.before === each.after && (each.after === 'released' || each.after === 'unlisted'));
  const by = new Map<string, number>();
  for (const each of changed) by.set(each.after, (by.get(each.after) ?? 0) + 1);
  for (const [state, count] of by) lines.push(`${plural(count, 'release is', 'releases are')} ${releaseWords(state)} from then on.`);
  if (playing.length) lines.push(`${plural(playing.length, 'release plays', 'releases play')} on.`);
  if (held.length) lines.push(`${plural(held.length, 'release stays', 'releases stay')} where ${held.length === 1 ? 'it is' : 'they are'}: something else holds ${held.length === 1 ? 'it' : 'them'}.`);
  if (seen.takes_gone) lines.push(`${plural(seen.takes_gone, 'take', 'takes')} cannot be played by ${seen.takes_gone === 1 ? 'its own listener' : 'their own listeners'} any more.`);
  if (seen.takes_back) lines.push(`${plural(seen.takes_back, 'take', 'takes')} can be played by ${seen.takes_back === 1 ? 'its listener' : 'their listeners'} again.`);
  return lines;
}

export const NO_ANSWER: CounterNotice = { name: '', address: '', email: '', statement: '', good_faith: false, jurisdiction: false, signature: '' };
const MAIL = /^[^@\s]{1,128}@[^@\s.]{1,128}(\.[^@\s.]{1,64}){1,6}$/;

/** What an answer lacks, by field, in the server's own words where it said any. */
export function lacksOf(answer: CounterNotice, needed: readonly { field: string; sentence: string }[]): Partial<Record<keyof CounterNotice, string>> {
  const found: Partial<Record<keyof CounterNotice, string>> = {};
  for (const { field, sentence } of needed) {
    const name = field as keyof CounterNotice;
    const value = answer[name];
    if (name === 'email' ? !MAIL.test(String(value).trim()) : typeof value === 'string' ? !value.trim() : !value) found[name] = sentence;
  }
  return found;
}

/** The field that a refusal of the server begins with, and the rest of it. */
export function placeOf(message: string): { field: string; sentence: string } | null {
  const found = /^([a-z_]+(?:\.[a-z_]+)*): (.+)$/s.exec(message);
  return found ? { field: found[1]!, sentence: found[2]! } : null;
}
