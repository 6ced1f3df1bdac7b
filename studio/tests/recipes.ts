import type { Recipe } from '../src/lib/api';

/** A recipe that changes nothing. */
export function plainRecipe(): Recipe {
  const stem = { keep: true, gain_db: 0 };
  return {
    recipe: 1, kind: 'remix', style: null, strengths: { vocals: 0, melody: 0, harmony: 0, rhythm: 0, timbre: 0, form: 0 }, locks: [],
    stems: { vocals: stem, drums: stem, bass: stem, other: stem },
    form: { shape: 'as_heard', order: [], without_sections: [], exact: false, intro_bars: 0, outro_bars: 0, fade_in_s: 0, fade_out_s: 0 },
    harmony: { change: 'as_heard' },
    voice: { harmonies: [], double: 0, choir: 0, formant_semitones: 0, breath: 0, brightness: 0, vibrato: 1, tuning: 0, vocoder: 0, chops: 0, stutter: 0, responses: 0, throws: 0, sections: [] },
    melody: { instrument: null, place: 'replace' }, parts_in: [], levels: [], length_s: null, seed: 0,
  };
}
