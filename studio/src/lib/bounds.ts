/** How far a change may go: what is measured of each operation and of a whole take, as fields, and back; pure. */

import type { Bound, Terms } from './rights-api';

export interface Extent {
  name: string;
  label: string;
  unit: string;
  /** What is typed is so many times what is kept: 100 for percent. */
  scale: number;
  /** Between what it can lie at all, as it is kept. */
  low: number;
  high: number;
}

export type Bounds = Readonly<Record<string, Bound>>;

const DAY_S = 86_400;
const percent = (name: string, label: string, low: number, high: number): Extent => ({ name, label, unit: '%', scale: 100, low, high });
const seconds = (name: string, label: string): Extent => ({ name, label, unit: 's', scale: 1, low: 0, high: DAY_S });
const TEMPO = percent('tempo_ratio', 'Tempo (100 % is as recorded)', 0.5, 2);
const SEMITONES: Extent = { name: 'semitones', label: 'Higher or lower (below 0 is lower)', unit: 'semitones', scale: 1, low: -12, high: 12 };
const LENGTH = percent('length_ratio', 'Length (100 % is as recorded)', 0, 100);

/** As the server measures them; other operations have nothing to bound. */
export const EXTENTS: Readonly<Record<string, readonly Extent[]>> = {
  style: [percent('strength', 'Strength of the change', 0, 1)],
  arrangement: [LENGTH],
  tempo_pitch: [TEMPO, SEMITONES],
  stems_use: [seconds('seconds', 'Its parts in all'), ...['vocals', 'drums', 'bass', 'other'].map((stem) => seconds(`${stem}_seconds`, stem === 'other' ? 'The rest' : stem[0]!.toUpperCase() + stem.slice(1)))],
  vocal_interpretation: [{ name: 'layers', label: 'Layers of the voice', unit: 'layers', scale: 1, low: 0, high: 1000 }],
  mashup: [seconds('source_0_seconds', 'As the first song'), seconds('source_1_seconds', 'As the second song')],
  cover: [LENGTH, TEMPO],
};

/** Bounds of the whole take, whatever is done to it. */
export const WHOLE: readonly Extent[] = [percent('source_share', 'Part of the recording', 0, 1), seconds('source_seconds', 'Seconds of the recording'), seconds('take_seconds', 'Length of the take'), TEMPO, SEMITONES];

/** A kept number as it is typed: at most four digits after the point, nothing for no bound. */
export const typed = (value: number | null | undefined, extent: Extent): string => (value == null ? '' : String(Number((value * extent.scale).toFixed(4))));

export type Read = { value: number | null; fault: null } | { value: null; fault: string };

/** What was typed as a number within its range; nothing is no bound, what is none is told. */
export function readNumber(text: string, range: { low: number; high: number; scale?: number; whole?: boolean }): Read {
  const said = text.trim().replace(',', '.').replace('−', '-').replace(/\s*%$/, '');
  const scale = range.scale ?? 1;
  if (!said) return { value: null, fault: null };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(said)) return { value: null, fault: 'That is no number.' };
  if (range.whole && !/^\+?\d+$/.test(said)) return { value: null, fault: 'Only whole numbers from 0 on.' };
  const value = Number((Number(said) / scale).toFixed(6));
  if (value < range.low || value > range.high) return { value: null, fault: `It must lie between ${range.low * scale} and ${range.high * scale}.` };
  return { value, fault: null };
}

/** The bounds with one of them changed; one that says nothing is left out. */
export function withBound(bounds: Bounds, name: string, change: Bound): Record<string, Bound> {
  const { [name]: before, ...others } = bounds;
  const after = { ...before, ...change };
  const said = Object.fromEntries(Object.entries(after).filter(([, value]) => value != null));
  return Object.keys(said).length ? { ...others, [name]: said } : others;
}

/** Why a pair cannot be meant; null when it can. */
export const turned = (bound: Bound | undefined): string | null => (bound?.least != null && bound.most != null && bound.least > bound.most ? 'It lies below the least: nothing could be made.' : null);

/** Bounds that are kept although nothing like them is measured: each take is refused because of them. */
export const unknownBounds = (bounds: Bounds, extents: readonly Extent[]): string[] => Object.keys(bounds).filter((name) => !extents.some((extent) => extent.name === name));

/** The bounds of an operation in a few signs, for a cell. */
export function shortBounds(bounds: Bounds, extents: readonly Extent[]): string {
  const known = extents.flatMap((extent) => {
    const bound = bounds[extent.name];
    if (!bound) return [];
    const [least, most] = [typed(bound.least, extent), typed(bound.most, extent)];
    const unit = extent.unit === 'semitones' ? 'st' : extent.unit;
    if (least && most && Number(least) === -Number(most)) return [`±${most} ${unit}`];
    return [`${least && most ? `${least} to ${most}` : most ? `≤ ${most}` : `≥ ${least}`} ${unit}`];
  });
  return [...known, ...unknownBounds(bounds, extents).map((name) => name.replaceAll('_', ' '))].join(' · ');
}

export const boundsOf = (terms: Terms, operation: string): Bounds => terms.operations.find((each) => each.operation === operation)?.bounds ?? {};

/** The terms with other bounds of one operation that they allow. */
export function withBounds(terms: Terms, operation: string, bounds: Bounds): Terms {
  return { ...terms, operations: terms.operations.map((each) => (each.operation === operation ? { ...each, bounds: { ...bounds } } : each)) };
}

/** A genre as the catalogue writes it: "Drum & Bass" → "drum-bass"; nothing when no letter is left. */
export const genreSlug = (name: string): string => name.normalize('NFKD').replace(/[^\x00-\x7f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64);
