/** Who plays in some sections only, and fades: changed by hand, and told in words. A recipe that has either is of version 2. */

import type { Component, PartsIn, Recipe, SectionBlock } from './api';

export const FADES: readonly { value: number; label: string }[] = [
  { value: 0, label: 'None' },
  { value: 5, label: 'Short' },
  { value: 10, label: '10 seconds' },
  { value: 20, label: 'Long' },
];

export const ACTIONS: readonly { value: PartsIn['action']; label: string }[] = [
  { value: 'drop', label: 'Without' },
  { value: 'add', label: 'With' },
  { value: 'only', label: 'Only' },
];

export const REACHES: readonly { value: PartsIn['reach']; label: string }[] = [
  { value: 'there', label: 'in' },
  { value: 'elsewhere', label: 'everywhere but in' },
  { value: 'onwards', label: 'from … on' },
  { value: 'until', label: 'until' },
];

/** Rules at most, as the recipe has it. */
const MOST = 32;
const HELD: Partial<Record<Component, string>> = { vocals: 'vocals', rhythm: 'drums' };
const NAMES: Record<string, string> = { vocals: 'voice', other: 'everything else', melody: 'the melody' };
const ORDINALS: Record<number, string> = { [-1]: 'last ', 1: 'first ', 2: 'second ', 3: 'third ', 4: 'fourth ', 5: 'fifth ' };

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);

/** The recipe with the version that it needs. */
export function versioned(recipe: Recipe): Recipe {
  const since2 = recipe.parts_in.length > 0 || recipe.form.fade_in_s > 0 || recipe.form.fade_out_s > 0;
  return recipe.recipe === (since2 ? 2 : 1) ? recipe : { ...recipe, recipe: since2 ? 2 : 1 };
}

/** A section as people call it: "every verse", "the second chorus". */
export const sectionName = (section: string, which: number): string => (which === 0 ? `every ${section}` : `the ${ORDINALS[which] ?? `${which}th `}${section}`);

/** A rule in words: "without drums in every verse". */
export function ruleText(rule: PartsIn): string {
  const who = listed(rule.parts.map((part) => NAMES[part] ?? part.replaceAll('-', ' ')));
  const action = { drop: 'without', add: 'with', only: 'only' }[rule.action];
  const one = sectionName(rule.section, rule.which);
  const where = { there: `in ${one}`, elsewhere: `everywhere but in ${one}`, onwards: `from ${one} on`, until: `until ${one}` }[rule.reach];
  return `${action} ${who} ${where}`;
}

/** Whether a rule lets rest what a lock holds as recorded. */
export const breaks = (rule: PartsIn, component: Component): boolean => {
  const held = HELD[component];
  return held !== undefined && rule.parts.includes(held) !== (rule.action === 'only');
};

/** The locked component that forbids a rule, if there is one. */
export const forbids = (recipe: Recipe, rule: PartsIn): Component | null => recipe.locks.find((component) => breaks(rule, component)) ?? null;

export function addRule(recipe: Recipe, rule: PartsIn): Recipe {
  if (forbids(recipe, rule) || recipe.parts_in.length >= MOST) return recipe;
  return versioned({ ...recipe, parts_in: [...recipe.parts_in, rule] });
}

export const dropRule = (recipe: Recipe, place: number): Recipe => versioned({ ...recipe, parts_in: recipe.parts_in.filter((_, at) => at !== place) });

/** A loop has neither beginning nor end that could fade. */
export const fadeless = (recipe: Recipe): boolean => recipe.form.shape === 'loop';

export function setFade(recipe: Recipe, end: 'fade_in_s' | 'fade_out_s', seconds: number): Recipe {
  if (recipe.locks.includes('form') || (fadeless(recipe) && seconds > 0)) return recipe;
  return versioned({ ...recipe, form: { ...recipe.form, [end]: seconds } });
}

/** Sections that a rule may name: every kind, and where there are several, each of them. */
export function places(sections: readonly SectionBlock[]): { section: string; which: number; label: string }[] {
  const found: { section: string; which: number; label: string }[] = [];
  for (const section of new Set(sections.map((each) => each.label))) {
    const count = sections.filter((each) => each.label === section).length;
    found.push({ section, which: count > 1 ? 0 : 1, label: count > 1 ? sectionName(section, 0) : `the ${section}` });
    for (let which = 1; count > 1 && which <= count; which += 1) found.push({ section, which, label: sectionName(section, which) });
  }
  return found;
}
