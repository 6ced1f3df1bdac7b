/** A question about rights as an address that can be shared, and back. */

import type { Question } from './rights-api';

export const OPERATIONS = [
  'style',
  'arrangement',
  'tempo_pitch',
  'mashup',
  'stems_use',
  'lyrics_change',
  'translate',
  'vocal_interpretation',
  'voice_clone',
  'cover',
  'derive_again',
  'train',
  'download',
  'share_in_app',
  'export',
] as const;

/** What an address asks; what it does not say is what is asked most. */
export function questionOf(query: string): Question {
  const said = new URLSearchParams(query);
  const operation = said.get('operation') ?? '';
  const at = said.get('at') ?? '';
  return {
    songs: said.getAll('song').filter(Boolean).slice(0, 8),
    operation: (OPERATIONS as readonly string[]).includes(operation) ? operation : 'style',
    tier: said.get('tier') === 'free' ? 'free' : 'premium',
    territory: /^[A-Z]{2}$/.test(said.get('in') ?? '') ? said.get('in')! : undefined,
    at: Number.isNaN(Date.parse(at)) ? undefined : at,
  };
}

export function queryOf(question: Question): URLSearchParams {
  const query = new URLSearchParams({ operation: question.operation, tier: question.tier });
  for (const song of question.songs) query.append('song', song);
  if (question.territory) query.set('in', question.territory);
  if (question.at) query.set('at', question.at);
  return query;
}
