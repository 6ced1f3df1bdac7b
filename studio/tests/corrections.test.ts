import { describe, expect, it } from 'vitest';
import { correctionsOf, draftOf } from '../src/lib/corrections';

const EMPTY = { tempo: '', downbeat: '', key: '', metre: '' };

describe('the form of corrections', () => {
  it('says nothing when nothing is written', () => {
    expect(correctionsOf(EMPTY, {})).toEqual({});
  });

  it('reads numbers with a point or a comma, and octaves', () => {
    const said = correctionsOf({ tempo: '119,5', downbeat: ' 0.35 ', key: 'A# minor', metre: '6/8' }, {});
    expect(said).toEqual({
      tempo: { bpm: 119.5 },
      downbeat_s: 0.35,
      key: { tonic: 'A#', mode: 'minor' },
      metre: { beats_per_bar: 2, division: 3 },
    });
    expect(correctionsOf({ ...EMPTY, tempo: 'Half' }, {})).toEqual({ tempo: { octave: 'half' } });
  });

  it('comes back as it was written', () => {
    const draft = { tempo: '98.5', downbeat: '1.25', key: 'C major', metre: '5/4' };
    const said = correctionsOf(draft, {});
    expect(typeof said).toBe('object');
    if (typeof said === 'object') expect(draftOf(said)).toEqual(draft);
  });

  it('keeps what it does not show and takes away what is emptied', () => {
    const before = { corrections: 1, sections: [{ start_s: 0 }], key: { tonic: 'C', mode: 'major' } };
    expect(correctionsOf(EMPTY, before)).toEqual({ corrections: 1, sections: [{ start_s: 0 }] });
  });

  it('puts one key in the place of several', () => {
    expect(correctionsOf({ ...EMPTY, key: 'D minor' }, { keys: [{ start_s: 0 }] })).toEqual({ key: { tonic: 'D', mode: 'minor' } });
  });

  it.each(['fast', '19', '401', '1e3', '-5', 'NaN'])('refuses the tempo %s in a sentence', (tempo) => {
    expect(correctionsOf({ ...EMPTY, tempo }, {})).toContain('20 to 400');
  });

  it('refuses a first beat that is no time', () => {
    expect(correctionsOf({ ...EMPTY, downbeat: 'soon' }, {})).toContain('seconds');
  });
});
