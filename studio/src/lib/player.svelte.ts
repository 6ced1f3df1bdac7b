/**
 * The one player. It holds a take and its original, plays one of them and lets the other run along silently at the same
 * musical place, so that comparing is a matter of two faders.
 *
 * A take is heard from its live stream as soon as there is one. The stream cannot be searched, so the finished file takes
 * over at the first moment that needs it (a jump, a pause, a comparison) or that would otherwise be silent. Before there is
 * one, a jump goes to the server's desk, which plays any stretch of a take; moved faders are heard from there, too.
 */

import { api, type Recipe, type Remix, type Song } from './api';
import { announcer } from './announce.svelte';
import { DeskVoice, type Voice } from './desk';
import { clock } from './format';
import { Mixer } from './mixer';
import { listening } from './listening.svelte';
import { mapPosition, matchedGains, shadowRate, type Side } from './position';
import { keepSetting, readSetting } from './theme.svelte';

const TICK_MS = 100;
/**
 * How far the silent side may stray from the heard one before it is put right, unheard. A switch itself never waits for
 * that: only a stray that one would notice is worth the short gap of a jump.
 */
const STRAY_S = 0.1;
const NOTICEABLE_STRAY_S = 0.4;
const ALIGN_EVERY_S = 1;
const STALLED_S = 0.8;
const VOLUME_KEPT = 'contrafact.volume';

export interface Item {
  kind: 'remix' | 'song';
  id: string;
  title: string;
  subtitle: string;
  href: string;
  cover_url: string | null;
}

class Player {
  item = $state<Item | null>(null);
  side = $state<Side>('take');
  playing = $state(false);
  waiting = $state(false);
  position_s = $state(0);
  volume = $state(1);
  muted = $state(false);
  trouble = $state<string | null>(null);
  source = $state<'live' | 'final' | 'desk' | null>(null);
  /** The take's recipe with faders moved, while that is what is heard. */
  mixed = $state.raw<Recipe | null>(null);
  level_dbfs = $state(-120);

  #remix = $state<Remix | null>(null);
  #song_s = $state(0);
  #mixer: Mixer | null = null;
  #element!: HTMLAudioElement;
  #desk: DeskVoice | null = null;
  /** Somebody sits at the faders: the desk goes on playing, so that each move is heard at once. */
  #attended = false;
  #original!: HTMLAudioElement;
  #timer: ReturnType<typeof setInterval> | undefined;
  #startWhenHeard: string | null = null;
  #liveBroken = false;
  #aligned_s = 0;
  /** When the heard side last moved, on the monotonic clock. */
  #moved_s = 0;
  #tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('contrafact.playing');

  constructor() {
    const stored = Number(readSetting(VOLUME_KEPT) ?? 1);
    if (stored >= 0 && stored <= 1) this.volume = stored;
    // Two tabs do not play over each other: the one that starts has the floor.
    if (this.#tabs) this.#tabs.onmessage = () => this.pause();
  }

  attach(take: HTMLAudioElement, original: HTMLAudioElement): void {
    [this.#element, this.#original] = [take, original];
    this.#mixer = new Mixer({ take, original });
    this.#mixer.setVolume(this.muted ? 0 : this.volume);
    for (const element of [take, original]) {
      element.addEventListener('ended', () => this.#ended(element));
      element.addEventListener('error', () => this.#failed(element));
    }
    this.#handOverMediaKeys();
  }

  get duration_s(): number {
    return this.item?.kind === 'remix' ? (this.side === 'take' ? this.#take_s : this.#original_s) : this.#song_s;
  }

  get canSeek(): boolean {
    return this.item?.kind === 'song' || (this.source !== null && (this.#remix?.audio_url != null || typeof AudioContext !== 'undefined'));
  }

  isAwaited(remixId: string): boolean {
    return this.#startWhenHeard === remixId;
  }

  get canCompare(): boolean {
    return this.item?.kind === 'remix' && this.source !== null;
  }

  get ready(): boolean {
    return this.item?.kind === 'song' || this.source !== null;
  }

  isLoaded(kind: Item['kind'], id: string): boolean {
    return this.item?.kind === kind && this.item.id === id;
  }

  get #take_s(): number {
    return this.#remix?.duration_s ?? 0;
  }

  /** The original's length as its file says; until it is known, the take's own stands in (equal tempo). */
  get #original_s(): number {
    const known = this.#original?.duration;
    return Number.isFinite(known) && known > 0 ? known : this.#song_s || this.#take_s;
  }

  get #take(): Voice {
    return this.source === 'desk' && this.#desk ? this.#desk : this.#element;
  }

  get #heard(): Voice {
    return this.side === 'take' ? this.#take : this.#original;
  }

  get #shadow(): Voice {
    return this.side === 'take' ? this.#original : this.#take;
  }

  /** Start by itself when this remix first gives sound: its maker asked for it with a click just now. */
  startWhenHeard(remixId: string): void {
    this.#startWhenHeard = remixId;
    this.#mixer?.open();
  }

  loadSong(song: Song): void {
    if (this.isLoaded('song', song.id)) return;
    this.#unload();
    this.side = 'original';
    this.#song_s = song.duration_s;
    this.item = { kind: 'song', id: song.id, title: song.title, subtitle: song.artist, href: `#/song/${encodeURIComponent(song.id)}`, cover_url: song.cover_url };
    this.#original.src = song.audio_url;
    this.#mix();
  }

  /** Load a remix, or take note of what has changed in the one that is loaded. */
  loadRemix(remix: Remix, song: Song | null): void {
    if (!this.isLoaded('remix', remix.id)) {
      if (!remix.live_url && !remix.audio_url) return;
      this.#unload();
      this.side = 'take';
      this.#song_s = song?.duration_s ?? 0;
      this.item = { kind: 'remix', id: remix.id, title: remix.title, subtitle: remix.label, href: `#/remix/${encodeURIComponent(remix.id)}`, cover_url: song?.cover_url ?? null };
      this.#original.src = remix.original_url;
    }
    this.#remix = remix;
    if (this.source === null) this.#firstSound(remix);
    else if (this.source === 'live' && (this.#liveBroken || !this.playing)) this.#useFinal();
    else this.#swapUnheard();
    this.#mix();
  }

  #firstSound(remix: Remix): void {
    this.source = remix.audio_url ? 'final' : 'live';
    this.#element.src = (remix.audio_url ?? remix.live_url)!;
    if (this.#startWhenHeard !== remix.id) return;
    this.#startWhenHeard = null;
    void this.play();
  }

  /** Swap the live stream, or the desk, for the finished file at the same place; moved faders stay at the desk. */
  #useFinal(at_s = this.#take.currentTime): void {
    const url = this.#remix?.audio_url;
    if (!url || this.source === 'final' || this.mixed || this.#attended) return;
    this.#desk?.pause();
    this.source = 'final';
    this.#liveBroken = false;
    if (this.#element.getAttribute('src') !== url) this.#element.src = url;
    this.#element.currentTime = at_s;
    if (this.playing) void this.#start(this.#take);
    this.#mix();
  }

  /** The desk's voice for the remix that is loaded; null where there cannot be one (no Web Audio, or no click yet). */
  #openDesk(): DeskVoice | null {
    this.#mixer?.open();
    const input = this.#mixer?.input('take');
    const remix = this.#remix;
    if (!input || !remix) return null;
    this.#desk ??= new DeskVoice(input.context, input.node, remix.duration_s, (recipe, from_s, to_s, signal) => api.sound(remix.id, recipe, from_s, to_s, signal), {
      ended: () => this.#ended(this.#desk!),
      failed: (error) => this.#deskFailed(error),
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
    this.#mix();
    if (this.playing) void desk.play();
  }

  /** A stream that is not listened to would keep one of the few connections that a browser has for a server. */
  #leaveElement(): void {
    this.#element.pause();
    if (this.source !== 'live') return;
    this.#element.removeAttribute('src');
    this.#element.load();
  }

  /** Somebody opened the faders, or closed them. The desk takes over without a gap, and gives back at the next pause. */
  async attend(attended: boolean): Promise<void> {
    this.#attended = attended;
    const desk = attended && this.source !== 'desk' ? this.#openDesk() : null;
    if (!desk) return;
    if (!this.playing || this.side !== 'take') return this.#useDesk(this.#take.currentTime);
    const heard = await desk.join(() => this.#element.currentTime).catch(() => false);
    if (desk !== this.#desk || this.source === 'desk') return;
    if (heard && this.playing && this.side === 'take') {
      this.#leaveElement();
      this.source = 'desk';
      this.#mix();
    } else desk.pause();
  }

  /** Move faders on what is heard: at once while it plays. The take's own recipe puts them back. */
  mix(recipe: Recipe | null): void {
    const at_s = this.#take.currentTime;
    this.mixed = recipe;
    if (this.source !== 'desk' && recipe) {
      this.#openDesk()?.setRecipe(recipe);
      this.#useDesk(at_s);
    } else this.#desk?.setRecipe(recipe);
  }

  #deskFailed(error: Error): void {
    this.pause();
    this.trouble = error.message;
    announcer.say(error.message);
  }

  /** While the original is heard the finished file can take the stream's place without a gap. */
  #swapUnheard(): void {
    if (this.side !== 'original' || this.source !== 'live') return;
    this.#useFinal(mapPosition(this.#original.currentTime, this.#original_s, this.#take_s));
  }

  async play(): Promise<void> {
    if (!this.ready || !this.#mixer) return;
    this.#mixer.open();
    this.trouble = null;
    if (this.#heard.ended) this.seek(0);
    this.playing = true;
    this.#mix();
    this.#tabs?.postMessage('playing');
    this.#moved_s = performance.now() / 1000;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    if (this.canCompare) {
      this.#align(STRAY_S);
      void this.#start(this.#shadow);
    }
    await this.#start(this.#heard);
  }

  async #start(element: Voice): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      if (element !== this.#heard || (error as Error).name === 'AbortError') return;
      this.playing = false;
      if ((error as Error).name === 'NotAllowedError') announcer.say('Press play to hear it.');
    }
  }

  pause(): void {
    if (!this.item || !this.playing) return;
    this.playing = false;
    this.waiting = false;
    this.#tick();
    this.#take.pause();
    this.#original.pause();
    clearInterval(this.#timer);
    this.level_dbfs = -120;
    if (this.#remix) listening.flush(this.#remix.id);
    if (this.source === 'live' || this.source === 'desk') this.#useFinal();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  seek(to_s: number): void {
    if (!this.canSeek) {
      announcer.say('You can jump in it once it is finished.');
      return;
    }
    const at_s = Math.min(Math.max(0, to_s), Math.max(0, this.duration_s - 0.05));
    if (this.side === 'take' && this.source !== 'final') this.#jump(at_s);
    else this.#heard.currentTime = at_s;
    this.position_s = at_s;
    if (this.canCompare) this.#align(0);
  }

  /** To another place in a take that may still be being made. */
  #jump(at_s: number): void {
    if (this.#remix?.audio_url && !this.mixed) this.#useFinal(at_s);
    else if (this.source === 'desk') this.#take.currentTime = at_s;
    else if (this.item?.kind === 'remix') this.#useDesk(at_s);
    else this.#heard.currentTime = at_s;
  }

  nudge(by_s: number): void {
    this.seek(this.position_s + by_s);
  }

  /** The other side, at the same musical place, equally loud, now. */
  compare(): void {
    if (!this.canCompare) return;
    this.#align(NOTICEABLE_STRAY_S);
    this.side = this.side === 'take' ? 'original' : 'take';
    this.position_s = this.#heard.currentTime;
    this.#swapUnheard();
    this.#mix();
    if (this.playing) {
      void this.#start(this.#heard);
      void this.#start(this.#shadow);
    }
    announcer.say(this.side === 'take' ? 'Remix' : 'Original');
  }

  setVolume(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    this.muted = false;
    keepSetting(VOLUME_KEPT, String(this.volume));
    this.#mixer?.setVolume(this.volume);
  }

  toggleMute(): void {
    this.muted = !this.muted;
    this.#mixer?.setVolume(this.muted ? 0 : this.volume);
  }

  /** Put the silent side where the heard one is. A live stream cannot be moved: then the original follows the take. */
  #align(allowed_s: number): void {
    if (this.source === 'live' && this.side === 'original') return;
    const [heard_s, shadow_s] = this.side === 'take' ? [this.#take_s, this.#original_s] : [this.#original_s, this.#take_s];
    const target_s = mapPosition(this.#heard.currentTime, heard_s, shadow_s);
    if (this.#shadow.readyState > 0 && !this.#shadow.seeking && Math.abs(this.#shadow.currentTime - target_s) > allowed_s) {
      this.#shadow.currentTime = target_s;
    }
  }

  #mix(): void {
    const finished = this.source === 'final' && this.#remix;
    const gains = finished ? matchedGains(finished.loudness_lufs, finished.original_loudness_lufs) : { take: 1, original: 1 };
    this.#mixer?.setGains({
      take: this.side === 'take' ? gains.take : 0,
      original: this.side === 'original' ? gains.original : 0,
    });
    if (!this.canCompare) return;
    const [heard_s, shadow_s] = this.side === 'take' ? [this.#take_s, this.#original_s] : [this.#original_s, this.#take_s];
    this.#heard.playbackRate = 1;
    const frozen = this.source === 'live' && this.#shadow === this.#take;
    this.#shadow.playbackRate = frozen ? 1 : shadowRate(heard_s, shadow_s);
  }

  #tick(): void {
    const at_s = this.#heard.currentTime;
    const now_s = performance.now() / 1000;
    if (at_s !== this.position_s) this.#moved_s = now_s;
    this.position_s = at_s;
    // Asked of the element each time: its events would come for the side that was heard when they were sent.
    this.waiting = this.playing && (this.#heard.readyState < HTMLMediaElement.HAVE_FUTURE_DATA || now_s - this.#moved_s > STALLED_S);
    // A broken stream is not always an error: browsers retry in silence for a minute and more.
    if (this.waiting && this.source === 'live' && this.side === 'take' && now_s - this.#moved_s > STALLED_S) this.#useFinal(at_s);
    this.level_dbfs = this.#mixer?.levels().peak_dbfs ?? -120;
    if (this.playing && this.canCompare && now_s - this.#aligned_s > ALIGN_EVERY_S) {
      this.#aligned_s = now_s;
      this.#align(STRAY_S);
    }
    if (!this.#remix) return;
    listening.tick(this.#remix.id, {
      position_s: this.#take.currentTime,
      now_s,
      audible: this.playing && !this.waiting && (this.#mixer?.running ?? false) && this.side === 'take' && !this.muted && this.volume > 0,
    });
  }

  #ended(element: Voice): void {
    if (element !== this.#heard || !this.playing) return;
    const short = this.side === 'take' && this.source === 'live' && element.currentTime < this.#take_s - 2;
    if (short) return this.#failed(this.#element);
    this.pause();
    if (this.#remix) listening.next(this.#remix.id);
    announcer.say(`Finished. ${clock(this.duration_s)}`);
  }

  #failed(element: HTMLAudioElement): void {
    if (!this.item || !element.getAttribute('src')) return;
    if (this.source === 'desk' && element === this.#element) return;
    if (element === this.#take && this.source === 'live') {
      // The stream broke off: the finished file goes on from here as soon as it is there.
      this.#liveBroken = true;
      if (this.#remix?.audio_url) this.#useFinal(this.position_s);
      return;
    }
    if (element !== this.#heard) return;
    this.pause();
    this.trouble = 'The sound could not be loaded. Press play to try again.';
    announcer.say(this.trouble);
    element.load();
  }

  #unload(): void {
    this.pause();
    if (this.#remix) listening.next(this.#remix.id);
    this.#remix = null;
    this.#desk?.pause();
    this.#desk = null;
    this.#attended = false;
    this.mixed = null;
    this.source = null;
    this.#liveBroken = false;
    this.trouble = null;
    this.position_s = 0;
    this.item = null;
    for (const element of [this.#element, this.#original]) {
      element.removeAttribute('src');
      element.load();
      element.playbackRate = 1;
    }
  }

  #handOverMediaKeys(): void {
    const session = navigator.mediaSession as MediaSession | undefined;
    session?.setActionHandler('play', () => void this.play());
    session?.setActionHandler('pause', () => this.pause());
    session?.setActionHandler('seekto', (details) => this.seek(details.seekTime ?? 0));
  }
}

export const player = new Player();
