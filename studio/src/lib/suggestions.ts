/** Things to say that fit the song and what its owner allows. */

import type { Song } from './api';

const WITH_STYLE = ['slow bossa nova, keep the voice', 'house, a little faster', 'lo-fi hip hop, slower, no drums', 'synthwave in the same key'];
const WITHOUT_STYLE = ['slower, keep the voice', 'two semitones down', 'a little faster'];
const ACOUSTIC = 'acoustic ballad, softer';

export function suggestionsFor(song: Song): string[] {
  const denied = new Set(song.operations.filter((rule) => rule.outcome === 'deny').map((rule) => rule.operation));
  const ideas = denied.has('style') ? WITHOUT_STYLE : [...WITH_STYLE, ACOUSTIC];
  const timeless = denied.has('tempo_pitch') ? ideas.filter((idea) => !/slow|fast|semitone/.test(idea)) : ideas;
  return timeless.filter((idea) => song.has_vocals || !idea.includes('voice'));
}

/** Whether a song answers to a search (every word somewhere in it) and to the filter. */
export function matchesSong(song: Song, search: string, onlyRemixable: boolean): boolean {
  if (onlyRemixable && !song.operations.some((rule) => rule.operation === 'style' && rule.outcome === 'permit')) return false;
  const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const all = plain([song.title, song.artist, song.album ?? '', song.key, song.licence?.id ?? '', song.licence?.name ?? ''].join(' '));
  return plain(search).split(/\s+/).every((word) => all.includes(word));
}
