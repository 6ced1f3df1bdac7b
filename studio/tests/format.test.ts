import { describe, expect, it } from 'vitest';
import { ago, asked, byInterest, chordName, clock, keyName, money, operationName, percent, saidOnce, songFacts, spokenTime } from '../src/lib/format';

describe('asked', () => {
  it('quotes words', () => expect(asked('slow bossa nova')).toBe('“slow bossa nova”'));
  it('never quotes nothing', () => expect(asked(' ')).toBe('Made by hand, without words'));
});

describe('songFacts', () => {
  const song = { content: 'music' as const, tempo_bpm: 103.6, key: 'A# major', duration_s: 132.99 };

  it('says tempo, key and length', () => expect(songFacts(song)).toBe('104 BPM · B♭ major · 2:12'));

  it('invents neither tempo nor key for what is no music', () => {
    expect(songFacts({ ...song, content: 'silence' })).toBe('Silence · 2:12');
    expect(songFacts({ ...song, content: 'noise' })).toBe('Noise · 2:12');
  });
});

describe('money', () => {
  it('shows every micro-unit and no more digits than there are', () => {
    expect(money(1, 'EUR', 'en')).toBe('€0.000001');
    expect(money(4_137, 'EUR', 'en')).toBe('€0.004137');
    expect(money(20_000, 'EUR', 'en')).toBe('€0.02');
    expect(money(500_000, 'EUR', 'en')).toBe('€0.50');
    expect(money(0, 'EUR', 'en')).toBe('€0.00');
  });

  it('does not lose digits of amounts that a division would round', () => {
    expect(money(9_007_199_254_740_991, 'EUR', 'en')).toBe('€9,007,199,254.740991');
    expect(money(123_456_789_012_345, 'USD', 'en')).toBe('$123,456,789.012345');
  });

  it('keeps the order of parts that the language wants', () => {
    expect(money(1_234_500_000, 'EUR', 'de')).toBe('1.234,50\u00a0€');
    expect(money(-4_137, 'EUR', 'en')).toBe('-€0.004137');
  });

  it('knows currencies without small units', () => {
    expect(money(3_000_000, 'JPY', 'en')).toBe('¥3');
    expect(money(3_000_001, 'JPY', 'en')).toBe('¥3.000001');
  });

  it('adds up as shown: the parts of a split read back to the whole', () => {
    const parts = [8_000, 5_000, 3_000, 4_137];
    const read = (text: string): number => Math.round(Number(text.replace('€', '')) * 1_000_000);
    const whole = parts.reduce((sum, part) => sum + part, 0);
    expect(parts.map((part) => read(money(part, 'EUR', 'en'))).reduce((sum, part) => sum + part, 0)).toBe(whole);
  });

  it('does not pretend with what is no amount, and survives a currency that does not exist', () => {
    expect(money(Number.NaN, 'EUR', 'en')).toBe('–');
    expect(money(0.5, 'EUR', 'en')).toBe('–');
    expect(money(1_000_000, 'not a code', 'en')).toContain('1.00');
  });
});

describe('time', () => {
  it('reads as a clock', () => {
    expect(clock(0)).toBe('0:00');
    expect(clock(187.9)).toBe('3:07');
    expect(clock(3_723)).toBe('1:02:03');
    expect(clock(59.9999999)).toBe('1:00');
    expect(clock(-3)).toBe('0:00');
    expect(clock(Number.POSITIVE_INFINITY)).toBe('–:––');
    expect(clock(null)).toBe('–:––');
  });

  it('is spoken in words', () => {
    expect(spokenTime(61)).toBe('1 minute 1 second');
    expect(spokenTime(42)).toBe('42 seconds');
  });

  it('says how long ago', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(ago('2026-01-01T11:59:40Z', now)).toBe('just now');
    expect(ago('2026-01-01T11:15:00Z', now)).toBe('45 min ago');
    expect(ago('2026-01-01T02:00:00Z', now)).toBe('10 h ago');
    expect(ago('nonsense', now)).toBe('');
  });
});

describe('progress', () => {
  it('is never 100 before the end', () => {
    expect(percent(0.9999)).toBe(99);
    expect(percent(1)).toBe(100);
    expect(percent(-1)).toBe(0);
    expect(percent(Number.NaN)).toBe(0);
  });
});

describe('music', () => {
  it('writes keys and chords as a lead sheet does', () => {
    expect(keyName('F# minor')).toBe('F♯ minor');
    expect(keyName('A# minor')).toBe('B♭ minor');
    expect(keyName('G# major')).toBe('A♭ major');
    expect(keyName('G# minor')).toBe('G♯ minor');
    expect(chordName('A:min7')).toBe('Am7');
    expect(chordName('C:maj')).toBe('C');
    expect(chordName('F#:hdim7')).toBe('F♯ø7');
    expect(chordName('G')).toBe('G');
    expect(chordName('N')).toBe('');
  });
});

describe('reasons', () => {
  const of = (code: string, said: string, song = '“Rain” by Ada') => ({ code, operation: 'voice_clone', sentence: `${song}: ${said}` });

  it('that say nearly the same of one song are said once', () => {
    const refused = of('operation_not_granted', 'its owner does not allow imitating the singer\'s voice.');
    const silent = of('no_grant', 'nobody has allowed imitating the singer\'s voice.');
    expect(saidOnce([refused, silent])).toEqual([refused]);
    expect(saidOnce([silent, refused])).toEqual([refused]);
    expect(saidOnce([silent])).toEqual([silent]);
    expect(saidOnce([refused, refused])).toEqual([refused]);
  });

  it('that say different things, or of another song or operation, all stay', () => {
    const refused = of('operation_not_granted', 'its owner does not allow a cover version.');
    const voice = of('no_performer', 'nobody is named whose voice it is.');
    const other = of('no_grant', 'nobody has allowed a cover version.', '“Sun” by Bea');
    const else_ = { ...of('no_grant', 'nobody has allowed training a model with it.'), operation: 'train' };
    expect(saidOnce([refused, voice, other, else_])).toEqual([refused, voice, other, else_]);
  });
});

describe('operations', () => {
  it('have names, and unknown ones still read', () => {
    expect(operationName('tempo_pitch')).toBe('Change tempo or key');
    expect(operationName('new_thing')).toBe('new thing');
  });

  it('come in the order in which a listener cares, unknown ones last', () => {
    const rules = ['train', 'new_thing', 'style', 'download'].map((operation) => ({ operation }));
    expect(byInterest(rules).map((rule) => rule.operation)).toEqual(['style', 'download', 'train', 'new_thing']);
  });
});
