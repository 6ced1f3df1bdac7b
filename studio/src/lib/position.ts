/** Where one is in two versions of the same song, and how loud each must be so that only the music differs. */

export type Side = 'take' | 'original';

const DB_PER_DECADE = 20;
/** Beyond this a loudness is a wrong measurement rather than a quiet song; do not turn anything down for it. */
const MOST_ATTENUATION_DB = 30;

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/**
 * The same musical place in the other version, in seconds.
 *
 * A take that plays the whole form at another tempo is longer or shorter by one ratio, so the position maps by it.
 */
export function mapPosition(position_s: number, from_duration_s: number, to_duration_s: number): number {
  if (!(from_duration_s > 0) || !(to_duration_s > 0) || !Number.isFinite(position_s)) return 0;
  return clamp((position_s / from_duration_s) * to_duration_s, 0, to_duration_s);
}

/** How fast the silent side must run so that it stays at the same musical place as the one that is heard. */
export function shadowRate(heard_duration_s: number, shadow_duration_s: number): number {
  if (!(heard_duration_s > 0) || !(shadow_duration_s > 0)) return 1;
  return clamp(shadow_duration_s / heard_duration_s, 0.25, 4);
}

export interface MatchedGains {
  take: number;
  original: number;
}

/**
 * Linear gains that make both versions equally loud.
 *
 * The louder one is turned down and nothing is ever turned up, so no sample can pass 0 dBFS. Unknown loudness: no change.
 */
export function matchedGains(take_lufs: number | null, original_lufs: number | null): MatchedGains {
  if (take_lufs === null || original_lufs === null) return { take: 1, original: 1 };
  if (!Number.isFinite(take_lufs) || !Number.isFinite(original_lufs)) return { take: 1, original: 1 };
  const difference_db = clamp(take_lufs - original_lufs, -MOST_ATTENUATION_DB, MOST_ATTENUATION_DB);
  const attenuation = 10 ** (-Math.abs(difference_db) / DB_PER_DECADE);
  return difference_db > 0 ? { take: attenuation, original: 1 } : { take: 1, original: attenuation };
}

export function gainDb(gain: number): number {
  return gain > 0 ? DB_PER_DECADE * Math.log10(gain) : Number.NEGATIVE_INFINITY;
}
