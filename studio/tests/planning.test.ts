import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision, Plan } from '../src/lib/api';
import { plainRecipe } from './recipes';
import { Planning } from '../src/lib/planning.svelte';

const PHRASES = ['slow', 'bossa nova', 'keep the voice'];
const decision = (outcome: Decision['outcome']): Decision => ({
  outcome,
  reasons: outcome === 'permit' ? [] : [{ code: 'nd', operation: 'style', sentence: 'The licence allows no derivatives.' }],
  snapshot_sha256: '',
});

interface Asked {
  url: string;
  body: { words: string; without: string[] };
}

function readWords({ words, without }: Asked['body'], outcome: Decision['outcome'] = 'permit'): Plan {
  const understood = PHRASES.filter((text) => words.includes(text)).map((text, index) => ({ id: `p${index + 1}`, text, kind: 'x', meaning: text }));
  return {
    recipe: plainRecipe(), understood: understood.filter((phrase) => !without.includes(phrase.id)), ignored: [],
    decision: decision(outcome), tempo_bpm: 100, key: 'C major', duration_s: 60,
  };
}

describe('Planning', () => {
  let asked: Asked[] = [];
  let reply: (asked: Asked) => Response;
  const json = (status: number, body: unknown, headers = {}): Response => new Response(JSON.stringify(body), { status, headers });

  beforeEach(() => {
    asked = [];
    reply = ({ body }) => json(200, readWords(body));
    vi.useFakeTimers();
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      const question = { url, body: JSON.parse(String(init.body)) as Asked['body'] };
      asked.push(question);
      return reply(question);
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

  it('reads the words once the typing pauses', async () => {
    const planning = new Planning('s1');
    for (const words of ['s', 'sl', 'slow']) planning.type(words);
    expect(asked).toHaveLength(0);
    await settle();
    expect(asked.map((question) => question.body.words)).toEqual(['slow']);
    expect(planning.chips.map((chip) => chip.text)).toEqual(['slow']);
    expect(planning.mayMake).toBe(true);
  });

  it('asks for a mash-up with the voice that was chosen, and for the song alone again', async () => {
    const planning = new Planning('s1', 'slow');
    await settle();
    planning.choose('s2');
    expect(planning.mayMake).toBe(false);
    await settle();
    planning.choose('s2');
    planning.type('slow bossa nova');
    await settle();
    planning.choose(null);
    await settle();
    expect(asked.map(({ body }) => (body as { guest?: string }).guest)).toEqual([undefined, 's2', 's2', undefined]);
  });

  it('does not offer to make what has not been read yet', async () => {
    const planning = new Planning('s1', 'slow');
    await settle();
    planning.type('slow bossa nova');
    expect(planning.mayMake).toBe(false);
    await settle();
    expect(planning.mayMake).toBe(true);
  });

  it('plans again without a removed phrase, and with it again', async () => {
    const planning = new Planning('s1', 'slow bossa nova');
    await settle();
    planning.toggle(planning.chips[0]!);
    await settle();
    expect(asked.at(-1)?.body.without).toEqual(['p1']);
    expect(planning.chips.map((chip) => [chip.text, chip.removed])).toEqual([['slow', true], ['bossa nova', false]]);
    planning.toggle(planning.chips[0]!);
    await settle();
    expect(asked.at(-1)?.body.without).toEqual([]);
    expect(planning.chips.every((chip) => !chip.removed)).toBe(true);
  });

  it('forgets removals when the words change, because the ids belong to the words', async () => {
    const planning = new Planning('s1', 'slow bossa nova');
    await settle();
    planning.toggle(planning.chips[0]!);
    await settle();
    planning.type('bossa nova');
    await settle();
    expect(asked.at(-1)?.body).toMatchObject({ words: 'bossa nova', without: [] });
    expect(planning.chips.map((chip) => [chip.text, chip.removed])).toEqual([['bossa nova', false]]);
  });

  it('does not make what is refused', async () => {
    reply = ({ body }) => json(200, readWords(body, 'deny'));
    const planning = new Planning('s1', 'bossa nova');
    await settle();
    expect(planning.mayMake).toBe(false);
    expect(await planning.make()).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('may be asked for where the owner hears it first, and says so', async () => {
    reply = ({ body }) => json(200, readWords(body, 'needs_approval'));
    const planning = new Planning('s1', 'bossa nova');
    await settle();
    expect([planning.mayMake, planning.asks]).toEqual([true, true]);
  });

  it('tells words that nobody can allow from a permission that is missing', async () => {
    reply = () => json(403, { error: { code: 'voice_of_person', message: 'No voice is imitated here.', decision: null } });
    const planning = new Planning('s1', 'in the voice of somebody');
    await settle();
    expect([planning.refusedWords, planning.trouble, planning.mayMake]).toEqual(['No voice is imitated here.', null, false]);
    reply = ({ body }) => json(200, readWords(body));
    planning.type('bossa nova');
    expect(planning.refusedWords).toBeNull();
    await settle();
    expect([planning.refusedWords, planning.mayMake]).toEqual([null, true]);
  });

  it('goes on from a remix under its own address', async () => {
    const planning = new Planning('s1', 'bossa nova', 'rls_1');
    await settle();
    expect(asked.at(-1)?.url).toBe('/api/remixes/rls_1/again/plan');
    reply = () => json(202, { id: 'rmx_2' });
    expect(await planning.make()).toEqual({ id: 'rmx_2' });
    expect(asked.at(-1)?.url).toBe('/api/remixes/rls_1/again');
  });

  it('believes the server when it refuses after all', async () => {
    const planning = new Planning('s1', 'bossa nova');
    await settle();
    reply = () => json(403, { error: { code: 'refused', message: 'No.', decision: decision('deny') } });
    expect(await planning.make()).toBeNull();
    expect(planning.refusedBy?.reasons[0]?.sentence).toBe('The licence allows no derivatives.');
    expect(planning.mayMake).toBe(false);
  });

  it('waits as long as the server says when it is too much', async () => {
    const planning = new Planning('s1', 'bossa nova');
    await settle();
    reply = () => json(429, { error: { code: 'rate_limited', message: 'Too many.' } }, { 'retry-after': '3' });
    await planning.make();
    expect([planning.waitS, planning.mayMake, planning.trouble]).toEqual([3, false, 'Too many.']);
    await vi.advanceTimersByTimeAsync(3500);
    expect([planning.waitS, planning.mayMake, planning.trouble]).toEqual([0, true, null]);
  });

  it('is empty again when the words are gone', async () => {
    const planning = new Planning('s1', 'slow');
    await settle();
    planning.type('  ');
    await settle();
    expect([planning.chips, planning.plan, planning.mayMake]).toEqual([[], null, false]);
    expect(asked).toHaveLength(1);
  });
});
