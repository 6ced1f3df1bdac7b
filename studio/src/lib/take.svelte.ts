/**
 * What a take is heard from: its live stream while it is being made, the finished file, or the server's desk. Each takes over
 * from the other at the same place.
 *
 * The stream cannot be searched, so the finished file takes over at the first moment that needs it (a jump, a pause, a
 * comparison) or that would otherwise be silent. Before there is one, a jump goes to the desk, which plays any stretch of a
 * take; moved faders are heard from there, too.
 */

import { api, type Recipe, type Sounding } from './api';
import { DeskVoice, type Voice } from './desk';
import type { Mixer } from './mixer';

/** What a take asks of the player that it is heard through, and tells it. */
export interface Around {
  /** Whether the player runs, whichever side is heard. */
  isPlaying(): boolean;
  /** Whether the take is what is heard now. */
  isHeard(): boolean;
  mixer(): Mixer | null;
  start(voice: Voice): void;
  /** Another voice plays the take, or it goes on from another place. */
  changed(): void;
  ended(voice: Voice): void;
  failed(error: Error): void;
}

export class Take {
  source = $state<'live' | 'final' | 'desk' | null>(null);
  /** The recipe with faders moved, while that is what is heard. */
  mixed = $state.raw<Recipe | null>(null);

  #remix = $state<Sounding | null>(null);
  #around: Around;
  #element!: HTMLAudioElement;
  #desk: DeskVoice | null = null;
  /** Somebody sits at the faders: the desk goes on playing, so that each move is heard at once. */
  #attended = false;
  #liveBroken = false;

  constructor(around: Around) {
    this.#around = around;
  }

  attach(element: HTMLAudioElement): void {
    this.#element = element;
  }

  get remix(): Sounding | null {
    return this.#remix;
  }

  get duration_s(): number {
    return this.#remix?.duration_s ?? 0;
  }

  get canSeek(): boolean {
    return this.source !== null && (this.#remix?.audio_url != null || typeof AudioContext !== 'undefined');
  }

  get voice(): Voice {
    return this.source === 'desk' && this.#desk ? this.#desk : this.#element;
  }

  /** Take in a remix, or what has changed in the one that is here; whether it gives sound for the first time. */
  load(remix: Sounding): boolean {
    this.#remix = remix;
    if (this.source === null) {
      this.source = remix.audio_url ? 'final' : 'live';
      this.#element.src = (remix.audio_url ?? remix.live_url)!;
      return true;
    }
    if (this.source === 'live' && (this.#liveBroken || !this.#around.isPlaying())) this.useFinal();
    return false;
  }

  unload(): void {
    this.#remix = null;
    this.#desk?.pause();
    this.#desk = null;
    this.#attended = false;
    this.mixed = null;
    this.source = null;
    this.#liveBroken = false;
  }

  /** Swap the live stream, or the desk, for the finished file at the same place; whether it did. Moved faders stay at the desk. */
  useFinal(at_s = this.voice.currentTime): boolean {
    const url = this.#remix?.audio_url;
    if (!url || this.source === 'final' || this.mixed || this.#attended) return false;
    this.#desk?.pause();
    this.source = 'final';
    this.#liveBroken = false;
    if (this.#element.getAttribute('src') !== url) this.#element.src = url;
    this.#element.currentTime = at_s;
    if (this.#around.isPlaying()) this.#around.start(this.voice);
    this.#around.changed();
    return true;
  }

  /** To another place in a take that may still be being made. */
  jump(at_s: number): void {
    if (this.useFinal(at_s)) return;
    if (this.source === 'live') this.#useDesk(at_s);
    else this.voice.currentTime = at_s;
  }

  /** Somebody opened the faders, or closed them. The desk takes over without a gap, and gives back at the next pause. */
  async attend(attended: boolean): Promise<void> {
    this.#attended = attended;
    const desk = attended && this.source !== 'desk' ? this.#openDesk() : null;
    if (!desk) return;
    if (!this.#around.isHeard()) return this.#useDesk(this.voice.currentTime);
    const joined = await desk.join(() => this.#element.currentTime).catch(() => false);
    if (desk !== this.#desk || this.source === 'desk') return;
    if (joined && this.#around.isHeard()) {
      this.#leaveElement();
      this.source = 'desk';
      this.#around.changed();
    } else desk.pause();
  }

  /** Move faders on what is heard: at once while it plays. The take's own recipe puts them back. */
  mix(recipe: Recipe | null): void {
    const at_s = this.voice.currentTime;
    this.mixed = recipe;
    if (this.source !== 'desk' && recipe) {
      this.#openDesk()?.setRecipe(recipe);
      this.#useDesk(at_s);
    } else this.#desk?.setRecipe(recipe);
  }

  /** Whether the take goes on although its element failed: from the desk, or from the finished file as soon as it is there. */
  survives(at_s: number): boolean {
    if (this.source === 'live') {
      this.#liveBroken = true;
      this.useFinal(at_s);
      return true;
    }
    return this.source === 'desk';
  }

  /** The desk's voice for the remix that is loaded; null where there cannot be one (no Web Audio, or no click yet). */
  #openDesk(): DeskVoice | null {
    const mixer = this.#around.mixer();
    mixer?.open();
    const input = mixer?.input('take');
    const remix = this.#remix;
    if (!input || !remix) return null;
    this.#desk ??= new DeskVoice(input.context, input.node, remix.duration_s, (recipe, from_s, to_s, signal) => api.sound(remix.id, recipe, from_s, to_s, signal), {
      ended: () => this.#around.ended(this.#desk!),
      failed: (error) => this.#around.failed(error),
    });
    return this.#desk;
  }

  /** Let the server's desk play the take from here on. */
  #useDesk(at_s: number): void {
    const desk = this.#openDesk();
    if (!desk) return;
    this.#leaveElement();
    desk.pause();
    this.source = 'desk';
    desk.currentTime = at_s;
    this.#around.changed();
    if (this.#around.isPlaying()) void desk.play();
  }

  /** A stream that is not listened to would keep one of the few connections that a browser has for a server. */
  #leaveElement(): void {
    this.#element.pause();
    if (this.source !== 'live') return;
    this.#element.removeAttribute('src');
    this.#element.load();
  }
}
