/** Hash routes: the service needs no rewrite rules, and a reload in the middle of a render comes back to it. */

export type Route =
  | { name: 'songs' }
  | { name: 'song'; id: string; words: string }
  | { name: 'remixes' }
  | { name: 'remix'; id: string }
  | { name: 'lost' };

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [room = '', id = '', ...more] = path.replace(/^\//, '').split('/');
  if (more.length) return { name: 'lost' };
  if (!room) return { name: 'songs' };
  if (room === 'remixes' && !id) return { name: 'remixes' };
  if (room === 'song' && id) return { name: 'song', id: decode(id), words: new URLSearchParams(query).get('words') ?? '' };
  if (room === 'remix' && id) return { name: 'remix', id: decode(id) };
  return { name: 'lost' };
}

export const href = {
  songs: '#/',
  remixes: '#/remixes',
  song: (id: string, words = '') =>
    `#/song/${encodeURIComponent(id)}${words ? `?words=${encodeURIComponent(words)}` : ''}`,
  remix: (id: string) => `#/remix/${encodeURIComponent(id)}`,
};

class Router {
  route = $state<Route>(parseRoute(globalThis.location?.hash ?? ''));

  constructor() {
    globalThis.addEventListener?.('hashchange', () => (this.route = parseRoute(location.hash)));
  }

  go(to: string): void {
    location.hash = to;
  }
}

export const router = new Router();
