/**
 * The one player. It holds a take and its original, plays one of them and lets the other run along silently at the same
 * musical place, so that comparing is a matter of two faders.
 *
 * What the take is heard from (its live stream, the finished file, the server's desk) is its own affair: see `take.svelte.ts`.
 */

import { isRelease, type Recipe, type Song, type Sounding } from './api';
import { announcer } from './announce.svelte';
import type { Voice } from './desk';
import { clock } from './format';
import { Mixer } from './mixer';
import { listening } from './listening.svelte';
import { mapPosition, matchedGains, shadowRate, type Side } from './position';
import { Take } from './take.svelte';
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
  level_dbfs = $state(-120);

  #song_s = $state(0);
  #mixer: Mixer | null = null;
  #take = new Take({
    isPlaying: () => this.playing,
    isHeard: () => this.playing && this.side === 'take',
    mixer: () => this.#mixer,
    start: (voice) => void this.#start(voice),
    changed: () => this.#mix(),
    ended: (voice) => this.#ended(voice),
    failed: (error) => this.#stop(error.message),
  });
  #element!: HTMLAudioElement;
  #original!: HTMLAudioElement;
  /** What could not be loaded, until it is asked for again. */
  #broken: HTMLAudioElement | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #startWhenHeard: string | null = null;
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
    this.#take.attach(take);
    this.#mixer = new Mixer({ take, original });
    this.#mixer.setVolume(this.muted ? 0 : this.volume);
    for (const element of [take, original]) {
      element.addEventListener('ended', () => this.#ended(element));
      element.addEventListener('error', () => this.#failed(element));
    }
    this.#handOverMediaKeys();
  }

  get source(): Take['source'] {
    return this.#take.source;
  }

  get duration_s(): number {
    return this.item?.kind === 'remix' ? (this.side === 'take' ? this.#take.duration_s : this.#original_s) : this.#song_s;
  }

  get canSeek(): boolean {
    return this.item?.kind === 'song' || this.#take.canSeek;
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

  /** The original's length as its file says; until it is known, the take's own stands in (equal tempo). */
  get #original_s(): number {
    const known = this.#original?.duration;
    return Number.isFinite(known) && known > 0 ? known : this.#song_s || this.#take.duration_s;
  }

  get #heard(): Voice {
    return this.side === 'take' ? this.#take.voice : this.#original;
  }

  get #shadow(): Voice {
    return this.side === 'take' ? this.#original : this.#take.voice;
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

  /** Load a remix or a release, or take note of what has changed in the one that is loaded. */
  loadRemix(remix: Sounding, song: Song | null): void {
    if (!this.isLoaded('remix', remix.id)) {
      if (!remix.live_url && !remix.audio_url) return;
      this.#unload();
      this.side = 'take';
      this.#song_s = song?.duration_s ?? 0;
      this.item = { kind: 'remix', id: remix.id, title: remix.title, subtitle: remix.label, href: `#/${isRelease(remix.id) ? 'release' : 'remix'}/${encodeURIComponent(remix.id)}`, cover_url: song?.cover_url ?? null };
      this.#original.src = remix.original_url;
    }
    if (!this.#take.load(remix)) this.#swapUnheard();
    else if (this.isAwaited(remix.id)) {
      this.#startWhenHeard = null;
      void this.play();
    }
    this.#mix();
  }

  /** Somebody opened the faders, or closed them. */
  attend(attended: boolean): Promise<void> {
    return this.#take.attend(attended);
  }

  /** Move faders on what is heard; the take's own recipe puts them back. */
  mix(recipe: Recipe | null): void {
    this.#take.mix(recipe);
  }

  /** While the original is heard the finished file can take the stream's place without a gap. */
  #swapUnheard(): void {
    if (this.side !== 'original' || this.source !== 'live') return;
    this.#take.useFinal(mapPosition(this.#original.currentTime, this.#original_s, this.#take.duration_s));
  }

  async play(): Promise<void> {
    if (!this.ready || !this.#mixer) return;
    this.#mixer.open();
    this.trouble = null;
    // Asked for anew only when somebody wants to hear it: what cannot be had would fail again, and again.
    this.#broken?.load();
    this.#broken = null;
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
    this.#take.voice.pause();
    this.#original.pause();
    clearInterval(this.#timer);
    this.level_dbfs = -120;
    if (this.#take.remix) listening.flush(this.#take.remix.id);
    this.#take.useFinal();
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
    if (this.side === 'take') this.#take.jump(at_s);
    else this.#original.currentTime = at_s;
    this.position_s = at_s;
    if (this.canCompare) this.#align(0);
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
    const [heard_s, shadow_s] = this.side === 'take' ? [this.#take.duration_s, this.#original_s] : [this.#original_s, this.#take.duration_s];
    const target_s = mapPosition(this.#heard.currentTime, heard_s, shadow_s);
    if (this.#shadow.readyState > 0 && !this.#shadow.seeking && Math.abs(this.#shadow.currentTime - target_s) > allowed_s) {
      this.#shadow.currentTime = target_s;
    }
  }

  #mix(): void {
    const finished = this.source === 'final' && this.#take.remix;
    const gains = finished ? matchedGains(finished.loudness_lufs, finished.original_loudness_lufs) : { take: 1, original: 1 };
    this.#mixer?.setGains({
      take: this.side === 'take' ? gains.take : 0,
      original: this.side === 'original' ? gains.original : 0,
    });
    if (!this.canCompare) return;
    const [heard_s, shadow_s] = this.side === 'take' ? [this.#take.duration_s, this.#original_s] : [this.#original_s, this.#take.duration_s];
    this.#heard.playbackRate = 1;
    const frozen = this.source === 'live' && this.side === 'original';
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
    if (this.waiting && this.source === 'live' && this.side === 'take' && now_s - this.#moved_s > STALLED_S) this.#take.useFinal(at_s);
    this.level_dbfs = this.#mixer?.levels().peak_dbfs ?? -120;
    if (this.playing && this.canCompare && now_s - this.#aligned_s > ALIGN_EVERY_S) {
      this.#aligned_s = now_s;
      this.#align(STRAY_S);
    }
    const remix = this.#take.remix;
    if (!remix) return;
    listening.tick(remix.id, {
      position_s: this.#take.voice.currentTime,
      now_s,
      audible: this.playing && !this.waiting && (this.#mixer?.running ?? false) && this.side === 'take' && !this.muted && this.volume > 0,
    });
  }

  #ended(element: Voice): void {
    if (element !== this.#heard || !this.playing) return;
    const short = this.side === 'take' && this.source === 'live' && element.currentTime < this.#take.duration_s - 2;
    if (short) return this.#failed(this.#element);
    this.pause();
    if (this.#take.remix) listening.next(this.#take.remix.id);
    announcer.say(`Finished. ${clock(this.duration_s)}`);
  }

  #failed(element: HTMLAudioElement): void {
    if (!this.item || !element.getAttribute('src')) return;
    if (element === this.#element && this.#take.survives(this.position_s)) return;
    if (element !== this.#heard) return;
    this.#stop('The sound could not be loaded. Press play to try again.');
    this.#broken = element;
  }

  #stop(trouble: string): void {
    this.pause();
    this.trouble = trouble;
    announcer.say(trouble);
  }

  #unload(): void {
    this.pause();
    this.#broken = null;
    if (this.#take.remix) listening.next(this.#take.remix.id);
    this.#take.unload();
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
