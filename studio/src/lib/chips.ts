/** The planner's reading as chips that can be taken away and put back. */

import { met, type OperationRule, type Style, type Understood } from './api';
import { byInterest, operationNoun } from './format';

export interface Chip extends Understood {
  removed: boolean;
}

/**
 * The chips to show: what the server understood now, and, struck through in their old places, what was taken away.
 *
 * @param shown the chips as they are on the page, in order
 * @param understood the answer to the latest plan
 * @param without the ids that this plan was asked to leave out
 */
export function mergeChips(shown: readonly Chip[], understood: readonly Understood[], without: readonly string[]): Chip[] {
  const taken = new Set(without);
  const fresh = understood.filter((phrase) => !taken.has(phrase.id));
  const known = new Set(shown.map((chip) => chip.id));
  const byId = new Map(fresh.map((phrase) => [phrase.id, phrase]));
  const kept: Chip[] = [];
  for (const chip of shown) {
    const now = byId.get(chip.id);
    if (taken.has(chip.id)) kept.push({ ...chip, removed: true });
    else if (now) kept.push({ ...now, removed: false });
  }
  return [...kept, ...fresh.filter((phrase) => !known.has(phrase.id)).map((phrase) => ({ ...phrase, removed: false }))];
}

/** Take one phrase away, or put it back. Order is kept so that equal sets make equal requests. */
export function toggleWithout(without: readonly string[], id: string): string[] {
  return without.includes(id) ? without.filter((other) => other !== id) : [...without, id].sort();
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const tidy = (words: string): string =>
  words.replace(/\s+/g, ' ').replace(/\s+,/g, ',').replace(/(,\s*)+/g, ', ').replace(/^[,\s]+|[,\s]+$/g, '');

function mentions(words: string, style: Style): boolean {
  return new RegExp(`(^|[^\\p{L}\\p{N}])${escapePattern(style.name)}($|[^\\p{L}\\p{N}])`, 'iu').test(words);
}

/** The style whose name stands in the words, if any. */
export function pickedStyle(words: string, styles: readonly Style[]): Style | null {
  return styles.find((style) => mentions(words, style)) ?? null;
}

/** A tap on a style: it replaces the style that stands there, comes first in an empty prompt, or goes away again. */
export function tapStyle(words: string, tapped: Style, styles: readonly Style[]): string {
  const there = pickedStyle(words, styles);
  const name = tapped.name.toLowerCase();
  if (!there) return tidy(words) ? `${name}, ${tidy(words)}` : name;
  const pattern = new RegExp(escapePattern(there.name), 'iu');
  return tidy(words.replace(pattern, there.slug === tapped.slug ? '' : name));
}

const NAMED = 2;
const CHANGES: ReadonlySet<string> = new Set(['style', 'arrangement', 'tempo_pitch']);

/** What the owner does not allow, in one line for a song's card: what matters most to a listener comes first. */
export function limitsLine(operations: readonly OperationRule[]): { text: string; level: 'none' | 'ask' | 'some' | 'strong' } {
  const denied = byInterest(operations.filter((rule) => rule.outcome === 'deny'));
  const asks = operations.filter((rule) => met(rule) === 'needs_approval');
  const changes = operations.filter((rule) => CHANGES.has(rule.operation));
  if (changes.length && changes.every((rule) => rule.outcome === 'deny')) return { text: 'Listening only', level: 'strong' };
  if (!denied.length) return asks.length ? { text: 'Some uses need the owner’s yes', level: 'ask' } : { text: '', level: 'none' };
  const rest = denied.length - NAMED;
  const text = `No ${denied.slice(0, NAMED).map((rule) => operationNoun(rule.operation)).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
  return { text, level: denied[0]?.operation === 'style' ? 'strong' : 'some' };
}
