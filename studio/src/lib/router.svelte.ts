/** Hash routes: the service needs no rewrite rules, and a reload in the middle of a render comes back to it. */

export type Route =
  | { name: 'songs' }
  | { name: 'song'; id: string; words: string }
  | { name: 'remixes' }
  | { name: 'remix'; id: string }
  | { name: 'release'; id: string }
  | { name: 'news' }
  | { name: 'rights' }
  | { name: 'rights-song'; id: string }
  | { name: 'what-if'; query: string }
  | { name: 'approvals' }
  | { name: 'rollout' }
  | { name: 'disputes' }
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
  if (room === 'rights') return rightsRoute(id, more, query);
  if (more.length) return { name: 'lost' };
  if (!room) return { name: 'songs' };
  if ((room === 'remixes' || room === 'news') && !id) return { name: room };
  if (room === 'song' && id) return { name: 'song', id: decode(id), words: new URLSearchParams(query).get('words') ?? '' };
  if ((room === 'remix' || room === 'release') && id) return { name: room, id: decode(id) };
  return { name: 'lost' };
}

function rightsRoute(room: string, more: readonly string[], query: string): Route {
  const [id = '', ...rest] = more;
  if (!room && !more.length) return { name: 'rights' };
  if (room === 'song' && id && !rest.length) return { name: 'rights-song', id: decode(id) };
  if (more.length) return { name: 'lost' };
  if (room === 'what-if') return { name: 'what-if', query };
  if (room === 'approvals' || room === 'rollout' || room === 'disputes') return { name: room };
  return { name: 'lost' };
}

export const href = {
  songs: '#/',
  remixes: '#/remixes',
  song: (id: string, words = '') =>
    `#/song/${encodeURIComponent(id)}${words ? `?words=${encodeURIComponent(words)}` : ''}`,
  remix: (id: string) => `#/remix/${encodeURIComponent(id)}`,
  release: (id: string) => `#/release/${encodeURIComponent(id)}`,
  news: '#/news',
  rights: '#/rights',
  rightsSong: (id: string) => `#/rights/song/${encodeURIComponent(id)}`,
  whatIf: (query: URLSearchParams) => `#/rights/what-if?${query}`,
  approvals: '#/rights/approvals',
  rollout: '#/rights/rollout',
  disputes: '#/rights/disputes',
};

class Router {
  route = $state<Route>(parseRoute(globalThis.location?.hash ?? ''));
  /** What would be lost by leaving the page, as a question; null while nothing would. */
  unsaved: (() => string | null) | null = null;
  #hash = globalThis.location?.hash ?? '';

  constructor() {
    globalThis.addEventListener?.('hashchange', () => this.#moved());
    globalThis.addEventListener?.('beforeunload', (event) => {
      if (this.unsaved?.()) event.preventDefault();
    });
  }

  #moved(): void {
    const question = location.hash === this.#hash ? null : (this.unsaved?.() ?? null);
    if (question && !confirm(question)) {
      history.pushState(null, '', this.#hash); // stays, and tells nobody: the page is the one that the address says again
      return;
    }
    this.#hash = location.hash;
    this.route = parseRoute(location.hash);
  }

  go(to: string): void {
    location.hash = to;
  }
}

export const router = new Router();
