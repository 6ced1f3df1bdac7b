/** What can be done with a notice where it is, and what its state means; pure. */

import type { NoticeDeed, NoticeState } from './claims-api';

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
