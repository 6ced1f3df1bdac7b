/** The words in the prompt, how the planner reads them, and asking for the remix. One per page of a song or of a remix to go on from. */

import { api, type Decision, type Plan, type Recipe, type Remix } from './api';
import { ApiError } from './http';
import { mergeChips, toggleWithout, type Chip } from './chips';
import { connection } from './connection.svelte';
import { releasesApi } from './releases-api';

export const MOST_CHARACTERS = 500;
const TYPING_PAUSE_MS = 350;
const SHAPING_PAUSE_MS = 200;

export class Planning {
  words = $state('');
  chips = $state<Chip[]>([]);
  plan = $state<Plan | null>(null);
  /** The plan on the page belongs to exactly these words and these chips. */
  current = $state(false);
  reading = $state(false);
  making = $state(false);
  trouble = $state<string | null>(null);
  /** The decision of a refused request to make it: the server has the last word, whatever the plan said. */
  refusedBy = $state<Decision | null>(null);
  /** The sentence with which the words themselves were refused: nobody could allow what they ask for. */
  refusedWords = $state<string | null>(null);
  waitS = $state(0);
  /** The recipe as it was shaped by hand after the words were read; null while the words alone say what it is. */
  shaped = $state.raw<Recipe | null>(null);

  /** The song whose voice a mash-up has; null for the song's own. */
  guest = $state<string | null>(null);

  #without: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #countdown: ReturnType<typeof setInterval> | undefined;
  #asking: AbortController | null = null;

  constructor(
    private readonly songId: string,
    words = '',
    /** The remix or release to go on from; without one it is the song itself. */
    private readonly parentId: string | null = null,
  ) {
    if (words) {
      this.words = words.slice(0, MOST_CHARACTERS);
      void this.read();
    }
  }

  /** The words changed: read them again after a pause in the typing. */
  type(words: string): void {
    this.words = words.slice(0, MOST_CHARACTERS);
    // The phrase ids belong to the words; what was taken out of other words says nothing about these.
    this.#without = [];
    this.shaped = null;
    this.#stale();
    this.#timer = setTimeout(() => void this.read(), TYPING_PAUSE_MS);
  }

  /** The recipe as the page shows it. */
  get recipe(): Recipe | null {
    return this.shaped ?? this.plan?.recipe ?? null;
  }

  /** Change the recipe by hand; what it would be is asked for after a pause in the changes. */
  shape(change: (recipe: Recipe) => Recipe): void {
    const before = this.recipe;
    if (!before) return;
    const after = change(before);
    if (after === before) return;
    this.shaped = after;
    this.#stale();
    this.#timer = setTimeout(() => void this.#readShaped(), SHAPING_PAUSE_MS);
  }

  /** Another song's voice over these bars, or the song's own again; what was shaped by hand belonged to the other. */
  choose(guest: string | null): void {
    if (guest === this.guest) return;
    this.guest = guest;
    this.unshape();
  }

  /** Back to what the words say. */
  unshape(): void {
    this.shaped = null;
    this.#stale();
    void this.read();
  }

  async #readShaped(): Promise<void> {
    const recipe = this.shaped;
    if (recipe) await this.#ask((signal) => api.planRecipe(this.songId, recipe, signal), (plan) => (this.plan = plan));
  }

  /** Words that were not typed letter by letter (a suggestion, a style): read them at once. */
  use(words: string): void {
    this.type(words);
    void this.read();
  }

  toggle(chip: Chip): void {
    this.shaped = null;
    this.#without = toggleWithout(this.#without, chip.id);
    this.chips = this.chips.map((other) => (other.id === chip.id ? { ...other, removed: !other.removed } : other));
    this.#stale();
    void this.read();
  }

  #stale(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.current = false;
    this.reading = false;
    this.refusedBy = null;
    this.refusedWords = null;
    this.trouble = null;
  }

  async read(): Promise<void> {
    clearTimeout(this.#timer);
    const words = this.words.trim();
    if (!words) {
      this.#stale();
      this.chips = [];
      this.plan = null;
      return;
    }
    if (this.shaped) return this.#readShaped();
    const without = [...this.#without];
    const sameWords = this.chips.length > 0 && without.length > 0;
    const shown = sameWords || this.current ? this.chips : [];
    const parent = this.parentId;
    await this.#ask((signal) => (parent ? releasesApi.planAgain(parent, words, without, 0, signal) : api.plan(this.songId, words, without, 0, signal, this.guest)), (plan) => {
      this.chips = mergeChips(shown, plan.understood, without);
      this.plan = plan;
    });
  }

  /** Ask for a plan; a later question makes the answer to an earlier one void. */
  async #ask(question: (signal: AbortSignal) => Promise<Plan>, keep: (plan: Plan) => void): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.reading = true;
    try {
      const plan = await connection.through(question(asking.signal));
      if (asking.signal.aborted) return;
      keep(plan);
      this.current = true;
      this.trouble = null;
      this.refusedWords = null;
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#refused(error as Error);
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.reading = false;
      }
    }
  }

  /** Whether it would be made, and held until its owners have heard it. */
  get asks(): boolean {
    return this.plan?.decision.outcome === 'needs_approval';
  }

  get mayMake(): boolean {
    return this.current && this.plan !== null && this.plan.decision.outcome !== 'deny' && !this.refusedBy && !this.making && this.waitS === 0;
  }

  async make(): Promise<Remix | null> {
    if (!this.mayMake || !this.plan) return null;
    this.making = true;
    this.trouble = null;
    try {
      const [recipe, words] = [this.plan.recipe, this.words.trim()];
      return await connection.through(this.parentId ? releasesApi.again(this.parentId, recipe, words) : api.make(this.songId, recipe, words));
    } catch (error) {
      this.#refused(error as Error);
      return null;
    } finally {
      this.making = false;
    }
  }

  #refused(error: Error): void {
    if (error instanceof ApiError && error.decision) this.refusedBy = error.decision;
    else if (error instanceof ApiError && error.status === 403) this.refusedWords = error.message;
    else this.trouble = error.message;
    if (error instanceof ApiError) this.#holdBack(error);
  }

  /** Too many requests: say how long, and open the button again by itself. */
  #holdBack(error: ApiError): void {
    if (error.status !== 429) return;
    this.waitS = Math.ceil(error.retryAfterS ?? 10);
    clearInterval(this.#countdown);
    this.#countdown = setInterval(() => {
      this.waitS -= 1;
      if (this.waitS > 0) return;
      clearInterval(this.#countdown);
      this.trouble = null;
      if (!this.current) void this.read();
    }, 1000);
  }

  close(): void {
    this.#stale();
    clearInterval(this.#countdown);
  }
}
