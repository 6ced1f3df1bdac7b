/** The service's HTTP interface as values and calls. One file, so that it can be compared with the OpenAPI document. */

import { at, bytes, call } from './http';

export type Outcome = 'permit' | 'deny' | 'needs_approval';
/** `held`: made, and its owners hear it first; `refused`: made, and an owner did not agree. */
export type RemixStatus = 'queued' | 'rendering' | 'held' | 'ready' | 'refused' | 'failed' | 'cancelled';

export interface Reason {
  code: string;
  sentence: string;
}

export interface DecisionReason extends Reason {
  operation: string | null;
}

export interface Decision {
  outcome: Outcome;
  reasons: DecisionReason[];
  snapshot_sha256: string;
}

/**
 * What a listener meets in the end: what may be made at once, and is heard by its owner before others hear it, is a question
 * too.
 */
export function met(answer: { outcome: Outcome; reasons: readonly Reason[] }): Outcome {
  return answer.outcome === 'permit' && answer.reasons.some((reason) => reason.code === 'owner_approves_release') ? 'needs_approval' : answer.outcome;
}

export interface OperationRule {
  operation: string;
  outcome: Outcome;
  reasons: Reason[];
}

export interface Licence {
  id: string;
  name: string;
  url: string | null;
  attribution: string;
}

export interface Song {
  id: string;
  title: string;
  artist: string;
  album: string | null;
  duration_s: number;
  tempo_bpm: number;
  key: string;
  metre: number;
  has_vocals: boolean;
  isrc: string | null;
  /** What was heard: only music has a tempo and a key, and can be remixed. */
  content: 'music' | 'speech' | 'noise' | 'silence';
  licence: Licence | null;
  cover_url: string;
  audio_url: string;
  waveform_url: string;
  operations: OperationRule[];
  remix_count: number;
}

export interface Session {
  user: { id: string; name: string; tier: string };
  version: string;
  currency: string;
}

export interface Style {
  slug: string;
  name: string;
  words: string[];
  tempo_bpm: [number, number];
  /** What choosing the style sets. */
  defaults?: Pick<Recipe, 'strengths' | 'stems'>;
}

export interface Waveform {
  duration_s: number;
  peaks: number[];
  loudness_lufs: number;
}

/** The parts of the chart that the studio draws; the document carries more. */
export interface Chart {
  duration_s: number;
  chords: { start_s: number; end_s: number; label: string; confidence: number }[];
  sections: { start_s: number; end_s: number; label: string; letter: string; energy: number }[];
}

/** What an owner says about a song; the parts that the form does not know (beats, sections) are handed back as they came. */
export interface Corrections {
  tempo?: { bpm?: number | null; octave?: 'half' | 'double' | null };
  downbeat_s?: number;
  metre?: { beats_per_bar: number; division: 2 | 3 };
  key?: { tonic: string; mode: string };
  keys?: unknown;
}

export interface ChartSummary {
  tempo_bpm: number;
  metre: string;
  key: string;
  downbeat_s: number | null;
}

export interface CorrectionsState {
  version: number;
  corrections: Corrections;
  heard: ChartSummary;
  holds: ChartSummary;
}

export interface Understood {
  id: string;
  text: string;
  kind: string;
  meaning: string;
}

export type Component = 'vocals' | 'melody' | 'harmony' | 'rhythm' | 'timbre' | 'form';
export type Stem = 'vocals' | 'drums' | 'bass' | 'other';
export type FormShape = 'as_heard' | 'radio_edit' | 'extended' | 'build_and_drop' | 'loop';
export type HarmonyChange = 'as_heard' | 'relative' | 'parallel' | 'jazz' | 'pedal' | 'simple';

export interface SectionUse {
  readonly section: number;
  readonly first_bar?: number | null;
  readonly last_bar?: number | null;
}

export interface VoiceUse {
  readonly harmonies: readonly number[];
  readonly double: number;
  readonly choir: number;
  readonly formant_semitones: number;
  readonly breath: number;
  readonly brightness: number;
  readonly vibrato: number;
  readonly tuning: number;
  readonly vocoder: number;
  readonly chops: number;
  readonly stutter: number;
  readonly responses: number;
  readonly throws: number;
  readonly sections: readonly string[];
}

/** The recipe is the server's document: what the studio does not know of it is handed back as it came. */
/** Who plays in some sections of the song; `which` counts them in the recording: 0 every, 1 the first, -1 the last. */
export interface PartsIn {
  readonly action: 'drop' | 'add' | 'only';
  readonly parts: readonly string[];
  readonly section: string;
  readonly which: number;
  readonly reach: 'there' | 'elsewhere' | 'onwards' | 'until';
}

export interface Recipe {
  readonly recipe: 1 | 2;
  readonly kind: 'remix' | 'cover' | 'mashup';
  readonly style: string | null;
  readonly strengths: Readonly<Record<Component, number>>;
  readonly locks: readonly Component[];
  readonly stems: Readonly<Record<Stem, { readonly keep: boolean; readonly gain_db: number }>>;
  readonly form: {
    readonly shape: FormShape;
    readonly order: readonly SectionUse[];
    readonly without_sections: readonly string[];
    readonly exact: boolean;
    readonly intro_bars: number;
    readonly outro_bars: number;
    readonly fade_in_s: number;
    readonly fade_out_s: number;
  };
  readonly harmony: { readonly change: HarmonyChange };
  readonly voice: VoiceUse;
  readonly melody: { readonly instrument: string | null; readonly place: 'replace' | 'double' | 'rests' };
  readonly parts_in: readonly PartsIn[];
  readonly levels: readonly { readonly part: string; readonly gain_db: number }[];
  readonly length_s: number | null;
  readonly seed: number;
}

export interface SectionBlock {
  index: number;
  label: string;
  letter: string;
  start_s: number;
  end_s: number;
  bars: number;
  energy: number;
}

export type ControlName = Component | 'stems' | 'sections' | 'harmony_change' | 'voice' | 'melody_instrument' | 'cover';

/** What of a song can be shaped by hand, and why the rest cannot. */
export interface Shaping {
  controls: { control: ControlName; available: boolean; reason: string | null }[];
  sections: SectionBlock[];
  instruments: { slug: string; name: string }[];
}

/** A take that could be made. */
export interface TakeOffer {
  recipe: Recipe;
  differs: string;
  duration_s: number;
  operations: string[];
  decision: Decision;
}

export interface Fader {
  kind: 'stem' | 'part' | 'voice';
  name: string;
  label: string;
  gain_db: number;
}

export interface DeskState {
  duration_s: number;
  faders: Fader[];
  recipe: Recipe;
}

export interface Plan {
  recipe: Recipe;
  understood: Understood[];
  ignored: string[];
  decision: Decision;
  tempo_bpm: number;
  key: string;
  duration_s: number;
  /** What was decided against the letter, in sentences. */
  notes?: string[];
}

/** A song whose voice may be laid over another's bars. */
export interface Partner {
  id: string;
  title: string;
  artist: string;
  tempo_bpm: number;
  key: string;
  cover_url: string;
  /** 0 to 1. */
  fit: number;
  sentence: string;
  mashup: OperationRule;
}

export interface Partners {
  partners: Partner[];
  /** Songs, besides this one, in which somebody sings. */
  voices: number;
}

export interface Credit {
  name: string;
  role: string;
  detail: string | null;
}

export interface LineageNode {
  kind: string;
  id: string;
  title: string;
  detail: string | null;
  parent: string | null;
}

export interface PartyEarnings {
  party_id: string;
  name: string;
  role: string;
  amount_micros: number;
}

export interface Earnings {
  currency: string;
  total_micros: number;
  generations: number;
  plays: number;
  parties: PartyEarnings[];
}

/** What the player needs of a take: one's own remix, or a release of anybody. */
export interface Sounding {
  id: string;
  title: string;
  label: string;
  duration_s: number;
  loudness_lufs: number | null;
  live_url: string | null;
  audio_url: string | null;
  waveform_url: string | null;
  original_url: string;
  original_loudness_lufs: number;
}

export type ReleaseState = 'pending' | 'released' | 'unlisted' | 'frozen' | 'taken_down' | 'refused';

export interface Remix extends Sounding {
  song_id: string;
  words: string;
  status: RemixStatus;
  progress: number;
  stage: string;
  error: string | null;
  created_at: string;
  recipe: Recipe;
  true_peak_dbtp: number | null;
  /** Why it may not be played any more: a withdrawal or a notice took it away. */
  withheld?: string | null;
  download_url: string | null;
  download: { outcome: Outcome; reasons: Reason[] };
  share_alike: boolean;
  credits: Credit[];
  lineage: LineageNode[];
  provenance: { state: string; signed_by: string | null };
  earnings: Earnings;
  /** The remix that this one is made from. */
  parent_remix_id?: string | null;
  /** Its newest release. */
  release?: { id: string; state: ReleaseState; sentence: string; isrc: string | null } | null;
}

export interface PlayReceipt {
  counted: boolean;
  earnings: Earnings;
}

/** Ids name their kind: a release is listened to, and counted, under its own address. */
export const isRelease = (id: string): boolean => id.startsWith('rls_');

export const api = {
  session: () => call<Session>('/api/session'),
  songs: () => call<{ songs: Song[] }>('/api/songs').then((answer) => answer.songs),
  song: (id: string) => call<Song>(`/api/songs/${at(id)}`),
  chart: (id: string, signal?: AbortSignal) => call<Chart>(`/api/songs/${at(id)}/chart`, { signal }),
  corrections: (id: string) => call<CorrectionsState>(`/api/songs/${at(id)}/corrections`),
  correct: (id: string, corrections: Corrections, basedOn: number) =>
    call<CorrectionsState>(`/api/songs/${at(id)}/corrections`, { method: 'POST', body: { corrections, based_on: basedOn } }),
  styles: () => call<{ styles: Style[] }>('/api/styles').then((answer) => answer.styles),
  waveform: (url: string, signal?: AbortSignal) => call<Waveform>(url, { signal }),
  plan: (songId: string, words: string, without: readonly string[], seed: number, signal?: AbortSignal, guest: string | null = null) =>
    call<Plan>(`/api/songs/${at(songId)}/plan`, { method: 'POST', body: { words, without, seed, ...(guest === null ? {} : { guest }) }, signal }),
  partners: (songId: string) => call<Partners>(`/api/songs/${at(songId)}/partners`),
  planRecipe: (songId: string, recipe: Recipe, signal?: AbortSignal) =>
    call<Plan>(`/api/songs/${at(songId)}/plan`, { method: 'POST', body: { recipe }, signal }),
  shaping: (songId: string) => call<Shaping>(`/api/songs/${at(songId)}/shaping`),
  takes: (songId: string, recipe: Recipe, count: number, kin: 'variation' | 'more_like', signal?: AbortSignal) =>
    call<{ takes: TakeOffer[] }>('/api/variations', { method: 'POST', body: { song_id: songId, recipe, count, kin }, signal }).then((answer) => answer.takes),
  desk: (id: string) => call<DeskState>(`/api/remixes/${at(id)}/desk`),
  sound: (id: string, recipe: Recipe | null, from_s: number, to_s: number, signal?: AbortSignal) =>
    bytes(`/api/remixes/${at(id)}/sound`, { method: 'POST', body: { recipe, from_s, to_s }, signal }),
  make: (songId: string, recipe: Recipe, words: string) =>
    call<Remix>('/api/remixes', { method: 'POST', body: { song_id: songId, recipe, words } }),
  remixes: () => call<{ remixes: Remix[] }>('/api/remixes').then((answer) => answer.remixes),
  remix: (id: string, signal?: AbortSignal) => call<Remix>(`/api/remixes/${at(id)}`, { signal }),
  cancel: (id: string) => call<Remix>(`/api/remixes/${at(id)}/cancel`, { method: 'POST' }),
  play: (id: string, playId: string, heardS: number, keepalive = false) =>
    call<PlayReceipt>(`/api/${isRelease(id) ? 'releases' : 'remixes'}/${at(id)}/plays`, {
      method: 'POST',
      body: { play_id: playId, heard_s: heardS },
      keepalive,
    }),
  eventsUrl: (id: string) => `/api/remixes/${at(id)}/events`,
  alive: () => call<unknown>('/healthz').then(() => true),
};
