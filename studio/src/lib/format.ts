/** Values as people read them. Nothing here rounds money. */

import type { Song } from './api';

const MICROS_PER_UNIT = 1_000_000;
const MICRO_DIGITS = 6;

/**
 * Micro-units as an amount in its currency, exact to the last micro-unit.
 *
 * Works on the integer's own digits, because dividing by a million would round large amounts.
 */
export function money(micros: number, currency: string, locale?: string): string {
  if (!Number.isSafeInteger(micros)) return '–';
  const format = currencyFormat(currency, locale);
  const leastDigits = Math.min(format.resolvedOptions().minimumFractionDigits ?? 2, MICRO_DIGITS);
  const size = Math.abs(micros);
  const fraction = String(size % MICROS_PER_UNIT).padStart(MICRO_DIGITS, '0');
  const shown = fraction.slice(0, Math.max(leastDigits, fraction.replace(/0+$/, '').length));
  const whole = Math.trunc(size / MICROS_PER_UNIT);
  // The pattern (where the symbol stands, which signs) comes from a template amount; the digits are ours.
  const template = format.formatToParts(micros < 0 ? -1.1 : 1.1);
  const grouped = new Intl.NumberFormat(locale).format(whole);
  const separator = new Intl.NumberFormat(locale).formatToParts(1.1).find((part) => part.type === 'decimal')?.value ?? '.';
  return template
    .map((part) => {
      if (part.type === 'integer') return shown ? `${grouped}${separator}${shown}` : grouped;
      return part.type === 'decimal' || part.type === 'fraction' ? '' : part.value;
    })
    .join('');
}

function currencyFormat(currency: string, locale?: string): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  } catch {
    return new Intl.NumberFormat(locale, { style: 'currency', currency: 'XXX', currencyDisplay: 'code' });
  }
}

/** Seconds as 3:07, or 1:02:03 from an hour on; unknown lengths as a dash. */
export function clock(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–:––';
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = String(s).padStart(2, '0');
  return h ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`;
}

/** The same for a screen reader: "3 minutes 7 seconds". */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = `${whole % 60} ${whole % 60 === 1 ? 'second' : 'seconds'}`;
  return minutes ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ${rest}` : rest;
}

export function bpm(tempo: number): string {
  return `${Math.round(tempo)} BPM`;
}

/** What was asked for: the listener's own words in quotes, or that there were none (a recipe, the shape panel). */
export function asked(words: string): string {
  return words.trim() ? `“${words}”` : 'Made by hand, without words';
}

const NO_SONGS = { speech: 'Speech', noise: 'Noise', silence: 'Silence' };

/** "104 BPM · G major · 2:12"; of what is no music nothing was heard that could stand there: "Silence · 1:00". */
export function songFacts(song: Pick<Song, 'content' | 'tempo_bpm' | 'key' | 'duration_s'>): string {
  const heard = song.content === 'music' ? [bpm(song.tempo_bpm), keyName(song.key)] : [NO_SONGS[song.content]];
  return [...heard, clock(song.duration_s)].join(' · ');
}

/** Keys whose signature has fewer flats than sharps, as the server spells them for people, too. */
const IN_FLATS: Record<string, string> = {
  'C# major': 'D♭ major', 'D# major': 'E♭ major', 'G# major': 'A♭ major', 'A# major': 'B♭ major', 'D# minor': 'E♭ minor', 'A# minor': 'B♭ minor',
};

/** "A# minor" as musicians write it: "B♭ minor". */
export function keyName(key: string): string {
  return IN_FLATS[key] ?? pitchName(key);
}

function pitchName(name: string): string {
  return name.replace('#', '♯').replace(/([A-G])b/, '$1♭');
}

/** A Harte chord label as a lead sheet writes it: A:min7 → Am7. */
export function chordName(label: string): string {
  if (label === 'N' || label === 'X' || label === '') return '';
  const [root = '', rest = 'maj'] = label.split(':');
  const [quality = 'maj', bass] = rest.split('/');
  const names: Record<string, string> = {
    maj: '', min: 'm', dim: '°', aug: '+', maj7: 'maj7', min7: 'm7', '7': '7', dim7: '°7', hdim7: 'ø7',
    sus2: 'sus2', sus4: 'sus4', maj6: '6', min6: 'm6', '9': '9', min9: 'm9', maj9: 'maj9', minmaj7: 'm(maj7)',
  };
  return pitchName(root) + (names[quality] ?? quality) + (bass ? `/${pitchName(bass)}` : '');
}

/** Operation → what one does, what that means, and the noun for a short list. Ordered by how much a listener cares. */
const OPERATIONS: Record<string, [name: string, meaning: string, noun: string]> = {
  style: ['Change the style', 'play the song in another genre', 'style change'],
  arrangement: ['Rearrange', 'new drums, bass, chords or form', 'rearranging'],
  tempo_pitch: ['Change tempo or key', 'slower, faster, higher, lower', 'tempo change'],
  download: ['Download', 'take the file with you', 'download'],
  share_in_app: ['Share here', 'let others here hear it', 'sharing'],
  export: ['Publish elsewhere', 'release it on other services', 'publishing'],
  stems_use: ['Use its parts', 'the voice, drums or bass alone', 'use of parts'],
  mashup: ['Mash up', 'combine it with another recording', 'mash-up'],
  cover: ['Cover', 'a new performance of the song', 'cover'],
  derive_again: ['Remix a remix', 'build on what others made of it', 'further remix'],
  lyrics_change: ['Change the lyrics', 'sing other words', 'new lyrics'],
  vocal_interpretation: ['Reinterpret the vocal', 'another way of singing it', 'new vocal'],
  voice_clone: ['Clone the voice', 'make the singer sing something new', 'voice cloning'],
  translate: ['Translate', 'the same words in another language', 'translation'],
  train: ['Train on it', 'teach a model from the recording', 'training'],
};

/** Operations in the order in which a listener cares about them; unknown ones last. */
export function byInterest<T extends { operation: string }>(rules: readonly T[]): T[] {
  const order = Object.keys(OPERATIONS);
  const place = (rule: T): number => (order.indexOf(rule.operation) + order.length + 1) % (order.length + 1);
  return [...rules].sort((a, b) => place(a) - place(b));
}

export function operationNoun(operation: string): string {
  return OPERATIONS[operation]?.[2] ?? operation.replaceAll('_', ' ');
}

export function operationName(operation: string): string {
  return OPERATIONS[operation]?.[0] ?? operation.replaceAll('_', ' ');
}

export function operationMeaning(operation: string): string {
  return OPERATIONS[operation]?.[1] ?? '';
}

/** 0.734 → 73; never 100 before it is done, because that reads as finished. */
export function percent(progress: number): number {
  if (!Number.isFinite(progress) || progress <= 0) return 0;
  return progress >= 1 ? 100 : Math.min(99, Math.floor(progress * 100));
}

/** How long ago, in words, for lists. */
export function ago(iso: string, nowMs: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return '';
  const minutes = Math.floor((nowMs - then) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  return new Date(then).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A day and a time for people, in their own place. */
export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A day for people. */
export function day(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleDateString(undefined, { dateStyle: 'medium' });
}

export function sentenceCase(text: string): string {
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/**
 * Reasons as people read them: "nobody has allowed it" adds nothing where an owner of the same song does not allow it.
 *
 * Both are true, of different holders, and staff see both; who they are is not told to listeners, so that the two
 * sentences look like one said twice.
 */
export function saidOnce<R extends { code: string; sentence: string; operation?: string | null }>(reasons: readonly R[]): R[] {
  const song = (reason: R): string => reason.sentence.slice(0, reason.sentence.lastIndexOf(': '));
  const refused = new Set(reasons.filter((reason) => reason.code === 'operation_not_granted').map((reason) => `${reason.operation ?? ''} ${song(reason)}`));
  const told = new Set<string>();
  return reasons.filter((reason) => {
    if (reason.code === 'no_grant' && refused.has(`${reason.operation ?? ''} ${song(reason)}`)) return false;
    const key = `${reason.operation ?? ''} ${reason.sentence}`;
    return told.has(key) ? false : told.add(key);
  });
}
