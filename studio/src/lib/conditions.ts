/** The conditions of a grant between what people type and what is sent: days, amounts, lists of names. */

import type { Topic } from './rights-api';

export const TOPICS: readonly { name: Topic; label: string }[] = [
  { name: 'political', label: 'Politics' },
  { name: 'sexual', label: 'Sex' },
  { name: 'hate', label: 'Hate' },
  { name: 'violence', label: 'Violence' },
  { name: 'advertising', label: 'Advertising' },
  { name: 'religious', label: 'Religion' },
  { name: 'drugs', label: 'Drugs' },
];

const DAY_MS = 86_400_000;
const MICROS = 1_000_000;

/** A moment as a day in UTC for a date field; `days` moves it, so that an end that is not included shows its last day. */
export function toDay(moment: string | null, days = 0): string {
  if (!moment) return '';
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** A day of a date field as the moment at which it begins in UTC, `days` later. */
export function fromDay(day: string, days: number): string | null {
  const at = day ? new Date(`${day}T00:00:00Z`) : null;
  return at === null || Number.isNaN(at.getTime()) ? null : new Date(at.getTime() + days * DAY_MS).toISOString();
}

/** Micro-units as a plain decimal number; nothing for zero. */
export function toMoney(micros: number): string {
  if (!micros) return '';
  const fraction = String(micros % MICROS).padStart(6, '0').replace(/0+$/, '');
  return fraction ? `${Math.trunc(micros / MICROS)}.${fraction}` : String(Math.trunc(micros / MICROS));
}

/** A decimal number, with a point or a comma, as micro-units; exact, and 0 for what is no amount. */
export function fromMoney(text: string): number {
  const found = /^\s*(\d{0,9})(?:[.,](\d{0,6}))?\s*$/.exec(text);
  return found ? Number(found[1] || 0) * MICROS + Number((found[2] ?? '').padEnd(6, '0')) : 0;
}

/** Names with commas between as a list without empty and double ones. */
export function fromNames(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()).filter(Boolean))];
}
