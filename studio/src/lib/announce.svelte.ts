/** One polite live region for the whole page: what a sighted person sees change, said once. */

class Announcer {
  text = $state('');

  say(sentence: string): void {
    // The same sentence twice is silent in some screen readers; a trailing no-break space makes it new.
    this.text = this.text === sentence ? `${sentence}\u00a0` : sentence;
  }
}

export const announcer = new Announcer();
