/** The songs, the styles and who is listening: read once, again when the server comes back. */

import { api, type Session, type Song, type Style } from './api';
import { connection } from './connection.svelte';

class Catalogue {
  session = $state<Session | null>(null);
  songs = $state<Song[] | null>(null);
  styles = $state<Style[]>([]);
  trouble = $state<string | null>(null);

  async load(): Promise<void> {
    this.trouble = null;
    // Who is listening and which styles there are must not keep the songs from showing.
    const extras = [
      connection.through(api.session()).then((session) => (this.session = session)),
      connection.through(api.styles()).then((styles) => (this.styles = styles)),
    ];
    try {
      this.songs = await connection.through(api.songs());
    } catch (error) {
      this.trouble = (error as Error).message;
    }
    await Promise.allSettled(extras);
  }

  find(id: string): Song | null {
    return this.songs?.find((song) => song.id === id) ?? null;
  }

  /** One song, from the list or by itself (a link may open before the list is there). */
  async song(id: string): Promise<Song> {
    const song = await connection.through(api.song(id));
    if (this.songs) this.songs = this.songs.map((other) => (other.id === id ? song : other));
    return song;
  }
}

export const catalogue = new Catalogue();
