/**
 * Changing a recipe by hand. Every change keeps it a recipe that can be meant: a lock takes back what would contradict it,
 * and what a locked component forbids does nothing.
 */

import type { Component, FormShape, HarmonyChange, Recipe, SectionBlock, SectionUse, Stem, Style, VoiceUse } from './api';
import { breaks, ruleText, versioned } from './staging';

export const COMPONENTS: readonly { name: Component; label: string; about: string }[] = [
  { name: 'vocals', label: 'Voice', about: 'how much the singing is treated' },
  { name: 'melody', label: 'Melody', about: 'how much of the tune an instrument takes over' },
  { name: 'harmony', label: 'Harmony', about: 'how many chords are coloured or replaced' },
  { name: 'rhythm', label: 'Rhythm', about: 'how new the drums are' },
  { name: 'timbre', label: 'Instruments', about: 'how new the band is' },
  { name: 'form', label: 'Form', about: 'how many bars are moved' },
];

export const STEMS: readonly { name: Stem; label: string }[] = [
  { name: 'vocals', label: 'Voice' },
  { name: 'drums', label: 'Drums' },
  { name: 'bass', label: 'Bass' },
  { name: 'other', label: 'Everything else' },
];

export const SHAPES: readonly { value: FormShape; label: string; about: string }[] = [
  { value: 'as_heard', label: 'As it is', about: 'the song from beginning to end' },
  { value: 'radio_edit', label: 'Radio edit', about: 'short, and the voice comes early' },
  { value: 'extended', label: 'Extended', about: 'with bars for mixing before and after' },
  { value: 'build_and_drop', label: 'Build and drop', about: 'a build before the fullest sections' },
  { value: 'loop', label: 'Loop', about: 'ends so that it can begin again' },
];

export const HARMONIES: readonly { value: HarmonyChange; label: string; about: string }[] = [
  { value: 'as_heard', label: 'As it is', about: 'the song’s own chords' },
  { value: 'relative', label: 'Relative', about: 'major leans to its minor, minor to its major' },
  { value: 'parallel', label: 'Parallel', about: 'minor on the same note becomes major, or the other way' },
  { value: 'jazz', label: 'Jazz', about: 'substitutions and richer chords' },
  { value: 'pedal', label: 'Pedal', about: 'one bass note under changing chords' },
  { value: 'simple', label: 'Simple', about: 'fewer, plainer chords' },
];

/** Second voices by ear: each is a set of diatonic steps from the lead. */
export const SECOND_VOICES: readonly { label: string; steps: readonly number[] }[] = [
  { label: 'None', steps: [] },
  { label: 'A third above', steps: [2] },
  { label: 'A third below', steps: [-2] },
  { label: 'Above and below', steps: [2, -2] },
  { label: 'Three voices', steps: [2, 4, -2] },
  { label: 'An octave below', steps: [-7] },
];

export interface VoiceKnob {
  name: Exclude<keyof VoiceUse, 'harmonies' | 'sections'>;
  label: string;
  low: string;
  high: string;
  min: number;
  max: number;
  plain: number;
}

const amount = (name: VoiceKnob['name'], label: string): VoiceKnob => ({ name, label, low: 'none', high: 'full', min: 0, max: 1, plain: 0 });

export const VOICE_TONE: readonly VoiceKnob[] = [
  { name: 'brightness', label: 'Brightness', low: 'darker', high: 'brighter', min: -1, max: 1, plain: 0 },
  { name: 'breath', label: 'Breath', low: 'less air', high: 'more air', min: -1, max: 1, plain: 0 },
  { name: 'formant_semitones', label: 'Throat', low: 'larger', high: 'smaller', min: -6, max: 6, plain: 0 },
  { name: 'vibrato', label: 'Vibrato', low: 'none', high: 'twice', min: 0, max: 2, plain: 1 },
  { name: 'tuning', label: 'Tuning', low: 'as sung', high: 'on the note', min: 0, max: 1, plain: 0 },
];

export const VOICE_LAYERS: readonly VoiceKnob[] = [
  amount('double', 'Double'),
  amount('choir', 'Choir'),
  amount('vocoder', 'Vocoder'),
  amount('chops', 'Chops'),
  amount('stutter', 'Stutter'),
  amount('responses', 'Call and response'),
  amount('throws', 'Echoes at phrase ends'),
];

/** The stems in which a component is heard. */
const STEMS_OF: Partial<Record<Component, readonly Stem[]>> = { vocals: ['vocals'], rhythm: ['drums'], timbre: ['bass', 'other'] };

const PLAIN_VOICE: VoiceUse = {
  harmonies: [], double: 0, choir: 0, formant_semitones: 0, breath: 0, brightness: 0, vibrato: 1, tuning: 0,
  vocoder: 0, chops: 0, stutter: 0, responses: 0, throws: 0, sections: [],
};
const PLAIN_FORM: Recipe['form'] = { shape: 'as_heard', order: [], without_sections: [], exact: false, intro_bars: 0, outro_bars: 0, fade_in_s: 0, fade_out_s: 0 };

export const isLocked = (recipe: Recipe, component: Component): boolean => recipe.locks.includes(component);

export function setStrength(recipe: Recipe, component: Component, value: number): Recipe {
  if (isLocked(recipe, component)) return recipe;
  return { ...recipe, strengths: { ...recipe.strengths, [component]: Math.min(1, Math.max(0, value)) } };
}

/** Locked, a component stays as recorded: whatever changes it is taken back. Unlocked, it may be changed again. */
export function setLock(recipe: Recipe, component: Component, locked: boolean): Recipe {
  if (!locked) return { ...recipe, locks: recipe.locks.filter((each) => each !== component) };
  if (isLocked(recipe, component) || !mayLock(recipe, component)) return recipe;
  const stems = { ...recipe.stems };
  // What stays as recorded must sound.
  for (const stem of STEMS_OF[component] ?? []) stems[stem] = { ...stems[stem], keep: true };
  const parts_in = recipe.parts_in.filter((rule) => !breaks(rule, component));
  const kept = versioned({ ...setStrength(recipe, component, 0), stems, parts_in, locks: [...recipe.locks, component] });
  if (component === 'harmony') return { ...kept, harmony: { change: 'as_heard' } };
  if (component === 'vocals') return { ...kept, voice: PLAIN_VOICE };
  if (component === 'melody') return { ...kept, melody: { instrument: null, place: 'replace' } };
  if (component === 'form') return versioned({ ...kept, form: PLAIN_FORM, length_s: null });
  return kept;
}

/** A cover plays everything anew: its voice and its instruments cannot stay as recorded. */
export const mayLock = (recipe: Recipe, component: Component): boolean =>
  !(recipe.kind === 'cover' && (component === 'vocals' || component === 'timbre'));

/** The locked component whose sound a stem is, if there is one. */
export const heldBy = (recipe: Recipe, stem: Stem): Component | null => recipe.locks.find((component) => STEMS_OF[component]?.includes(stem)) ?? null;

export function setStem(recipe: Recipe, stem: Stem, change: Partial<Recipe['stems'][Stem]>): Recipe {
  if (change.keep === false && heldBy(recipe, stem)) return recipe;
  return { ...recipe, stems: { ...recipe.stems, [stem]: { ...recipe.stems[stem], ...change } } };
}

export function setStyle(recipe: Recipe, style: Style | null): Recipe {
  if (!style) return { ...recipe, style: null };
  const strengths = { ...(style.defaults?.strengths ?? recipe.strengths) };
  const stems = { ...(style.defaults?.stems ?? recipe.stems) };
  for (const component of recipe.locks) {
    strengths[component] = 0;
    for (const stem of STEMS_OF[component] ?? []) stems[stem] = recipe.stems[stem];
  }
  return { ...recipe, style: style.slug, strengths, stems };
}

export function setShape(recipe: Recipe, shape: FormShape): Recipe {
  if (isLocked(recipe, 'form')) return recipe;
  const fades = shape === 'loop' ? { fade_in_s: 0, fade_out_s: 0 } : {};
  return versioned({ ...recipe, form: { ...recipe.form, shape, ...fades } });
}

/** A wanted length in seconds; null for whatever the form gives. */
export function setLength(recipe: Recipe, length_s: number | null, exact: boolean): Recipe {
  if (isLocked(recipe, 'form')) return recipe;
  const wanted = length_s === null ? null : Math.min(1200, Math.max(10, length_s));
  return { ...recipe, length_s: wanted, form: { ...recipe.form, exact: exact && wanted !== null } };
}

export function setHarmony(recipe: Recipe, change: HarmonyChange): Recipe {
  return isLocked(recipe, 'harmony') ? recipe : { ...recipe, harmony: { change } };
}

export function setVoice(recipe: Recipe, change: Partial<VoiceUse>): Recipe {
  return isLocked(recipe, 'vocals') ? recipe : { ...recipe, voice: { ...recipe.voice, ...change } };
}

/** The tune on an instrument: at least some of it must then be handed over. */
export function setMelody(recipe: Recipe, change: Partial<Recipe['melody']>): Recipe {
  if (isLocked(recipe, 'melody')) return recipe;
  const melody = { ...recipe.melody, ...change };
  const given = { ...recipe, melody };
  if (change.instrument === null) return setStrength(given, 'melody', 0);
  return melody.instrument !== null && recipe.strengths.melody === 0 ? setStrength(given, 'melody', 1) : given;
}

export function setCover(recipe: Recipe, cover: boolean): Recipe {
  if (!cover) return { ...recipe, kind: 'remix' };
  const locks = recipe.locks.filter((each) => each !== 'vocals' && each !== 'timbre');
  return { ...recipe, kind: 'cover', locks };
}

/** The sections that a take plays, in its order: the recipe's, else the song's own. */
export function blocksOf(recipe: Recipe, sections: readonly SectionBlock[]): SectionUse[] {
  if (recipe.form.order.length) return [...recipe.form.order];
  return sections.filter((each) => !recipe.form.without_sections.includes(each.label)).map((each) => ({ section: each.index }));
}

/** The song's own order is written as none. */
function setBlocks(recipe: Recipe, sections: readonly SectionBlock[], blocks: readonly SectionUse[]): Recipe {
  if (isLocked(recipe, 'form') || !blocks.length) return recipe;
  const asHeard = blocks.length === sections.length && blocks.every((block, place) => block.section === sections[place]?.index && block.first_bar == null && block.last_bar == null);
  return { ...recipe, form: { ...recipe.form, order: asHeard ? [] : [...blocks], without_sections: [] } };
}

export function moveBlock(recipe: Recipe, sections: readonly SectionBlock[], from: number, to: number): Recipe {
  const blocks = blocksOf(recipe, sections);
  const target = Math.min(blocks.length - 1, Math.max(0, to));
  const [moved] = blocks.splice(from, 1);
  if (!moved || target === from) return recipe;
  blocks.splice(target, 0, moved);
  return setBlocks(recipe, sections, blocks);
}

export function dropBlock(recipe: Recipe, sections: readonly SectionBlock[], place: number): Recipe {
  return setBlocks(recipe, sections, blocksOf(recipe, sections).filter((_, each) => each !== place));
}

export function repeatBlock(recipe: Recipe, sections: readonly SectionBlock[], place: number): Recipe {
  const blocks = blocksOf(recipe, sections);
  const block = blocks[place];
  if (!block || blocks.length >= 256) return recipe;
  blocks.splice(place + 1, 0, { ...block });
  return setBlocks(recipe, sections, blocks);
}

export const restoreBlocks = (recipe: Recipe): Recipe => (isLocked(recipe, 'form') ? recipe : { ...recipe, form: { ...recipe.form, order: [], without_sections: [] } });

/** "3:30" or "90" as seconds; null for what is no length. */
export function readLength(text: string): number | null {
  const match = /^\s*(?:(\d{1,2}):)?(\d{1,4})\s*$/.exec(text);
  if (!match) return null;
  const seconds = Number(match[1] ?? 0) * 60 + Number(match[2]);
  return seconds >= 10 && seconds <= 1200 ? seconds : null;
}

/** A recipe with one fader moved: a stem's own gain, or the level of a part. */
export function setFader(recipe: Recipe, kind: 'stem' | 'part' | 'voice', name: string, gain_db: number): Recipe {
  if (kind === 'stem') return setStem(recipe, name as Stem, { gain_db });
  const others = recipe.levels.filter((level) => level.part !== name);
  return { ...recipe, levels: gain_db === 0 ? others : [...others, { part: name, gain_db }] };
}

const listed = (words: readonly string[], none: string): string => (words.length ? words.join(', ') : none);

/** How each part of a recipe stands, in one line. */
export function howNew(recipe: Recipe): string {
  const news = COMPONENTS.filter(({ name }) => recipe.strengths[name] > 0).map(({ name, label }) => `${label.toLowerCase()} ${Math.round(recipe.strengths[name] * 100)} %`);
  const locks = COMPONENTS.filter(({ name }) => isLocked(recipe, name)).map(({ label }) => `${label.toLowerCase()} locked`);
  return listed([...news, ...locks], 'all as recorded');
}

export function whatStays(recipe: Recipe): string {
  if (recipe.kind === 'cover') return 'nothing';
  const kept = STEMS.filter(({ name }) => recipe.stems[name].keep);
  return kept.length === STEMS.length ? 'all of it' : listed(kept.map(({ label }) => label.toLowerCase()), 'nothing');
}

export function formStands(recipe: Recipe): string {
  const said: string[] = [];
  if (recipe.form.shape !== 'as_heard') said.push(SHAPES.find((each) => each.value === recipe.form.shape)!.label.toLowerCase());
  if (recipe.length_s !== null) said.push(`${recipe.form.exact ? 'exactly ' : ''}${Math.floor(recipe.length_s / 60)}:${String(Math.round(recipe.length_s % 60)).padStart(2, '0')}`);
  if (recipe.form.order.length) said.push(`${recipe.form.order.length} sections in your order`);
  else if (recipe.form.without_sections.length) said.push(`without ${recipe.form.without_sections.join(', ')}`);
  if (recipe.form.fade_in_s) said.push('fades in');
  if (recipe.form.fade_out_s) said.push('fades out');
  if (recipe.parts_in.length) said.push(recipe.parts_in.length === 1 ? ruleText(recipe.parts_in[0]!) : `${recipe.parts_in.length} rules for sections`);
  return listed(said, 'as in the song');
}

export function chordsStand(recipe: Recipe): string {
  const said: string[] = [];
  if (recipe.harmony.change !== 'as_heard') said.push(`${HARMONIES.find((each) => each.value === recipe.harmony.change)!.label.toLowerCase()} harmony`);
  if (recipe.melody.instrument) said.push(`melody on ${recipe.melody.instrument.replaceAll('-', ' ')}`);
  return listed(said, 'the song’s own');
}

export function voiceStands(recipe: Recipe): string {
  const knobs = [...VOICE_LAYERS, ...VOICE_TONE].filter((knob) => recipe.voice[knob.name] !== knob.plain).map((knob) => knob.label.toLowerCase());
  return listed([...(recipe.voice.harmonies.length ? ['second voices'] : []), ...knobs], 'as it was sung');
}
