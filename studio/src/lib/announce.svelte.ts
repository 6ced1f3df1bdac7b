/** One polite live region for the whole page: what a sighted person sees change, said once. */

import { untrack } from 'svelte';

class Announcer {
  text = $state('');

  say(sentence: string): void {
    // The same sentence twice is silent in some screen readers; a trailing no-break space makes it new.
    const before = untrack(() => this.text); // An effect that speaks must not depend on what was said.
    this.text = before === sentence ? `${sentence}\u00a0` : sentence;
  }
}

export const announcer = new Announcer();
