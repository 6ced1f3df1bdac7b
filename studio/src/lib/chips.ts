/** The planner's reading as chips that can be taken away and put back. */

import type { OperationRule, Style, Understood } from './api';

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

/** What the owner does not allow freely, worst first, for the line on a song's card. */
export function refusedOperations(operations: readonly OperationRule[]): { denied: string[]; asks: string[] } {
  return {
    denied: operations.filter((rule) => rule.outcome === 'deny').map((rule) => rule.operation),
    asks: operations.filter((rule) => rule.outcome === 'needs_approval').map((rule) => rule.operation),
  };
}
