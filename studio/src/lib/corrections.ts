/** What an owner writes into the form, and the document that the server keeps. */

import type { Corrections } from './api';

/** The form's fields as text; empty means "as heard". */
export interface Draft {
  tempo: string;
  downbeat: string;
  key: string;
  metre: string;
}

export const METRES = ['2/4', '3/4', '4/4', '5/4', '6/4', '7/4', '6/8', '9/8', '12/8'] as const;
const TONICS = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;
export const KEYS: readonly string[] = TONICS.flatMap((tonic) => [`${tonic} major`, `${tonic} minor`]);

export function draftOf(said: Corrections): Draft {
  return {
    tempo: said.tempo?.octave ?? (said.tempo?.bpm == null ? '' : String(said.tempo.bpm)),
    downbeat: said.downbeat_s == null ? '' : String(said.downbeat_s),
    key: said.key ? `${said.key.tonic} ${said.key.mode}` : '',
    metre: said.metre ? (said.metre.division === 3 ? `${3 * said.metre.beats_per_bar}/8` : `${said.metre.beats_per_bar}/4`) : '',
  };
}

/** All corrections with what the form says in place of what was said of it before; a sentence where it cannot be read. */
export function correctionsOf(draft: Draft, before: Corrections): Corrections | string {
  const { tempo: _tempo, downbeat_s: _downbeat, metre: _metre, key: _key, ...said } = before as Corrections & Record<string, unknown>;
  const found: Corrections = { ...said };
  const tempo = draft.tempo.trim().toLowerCase();
  if (tempo === 'half' || tempo === 'double') found.tempo = { octave: tempo };
  else if (tempo) {
    const bpm = numberIn(tempo);
    if (bpm === null || bpm < 20 || bpm > 400) return 'The tempo is a number from 20 to 400, or “half” or “double”.';
    found.tempo = { bpm };
  }
  if (draft.downbeat.trim()) {
    const downbeat_s = numberIn(draft.downbeat);
    if (downbeat_s === null) return 'The first beat is a time in seconds, such as 0.35.';
    found.downbeat_s = downbeat_s;
  }
  if (draft.key) {
    const [tonic = '', mode = ''] = draft.key.split(' ');
    found.key = { tonic, mode };
    delete found.keys;
  }
  if (draft.metre) {
    const [beats = 0, unit = 4] = draft.metre.split('/').map(Number);
    found.metre = unit === 8 ? { beats_per_bar: beats / 3, division: 3 } : { beats_per_bar: beats, division: 2 };
  }
  return found;
}

/** A number as people write it, with a point or a comma; null for anything else. */
function numberIn(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  return /^\d{1,6}(\.\d{1,9})?$/.test(plain) ? Number(plain) : null;
}
