/** Asking the server: answers as values, refusals as errors with what it said. */

import type { Decision } from './api';

/** An answer of the server that says no, or that it could not. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly decision: Decision | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** No answer at all: the server is away, or the network is. */
export class Unreachable extends Error {
  constructor() {
    super('The server does not answer.');
    this.name = 'Unreachable';
  }
}

const READ_LIMIT_MS = 20_000;

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  keepalive?: boolean;
}

async function ask(path: string, options: CallOptions): Promise<Response> {
  const limit = AbortSignal.timeout(READ_LIMIT_MS);
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers: { accept: 'application/json' },
    signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    keepalive: options.keepalive ?? false,
  };
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { accept: 'application/json', 'content-type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable();
  }
  return response;
}

/** A stretch of sound. */
export async function bytes(path: string, options: CallOptions): Promise<ArrayBuffer> {
  const response = await ask(path, options);
  if (!response.ok) throw errorFrom(response, await response.text().catch(() => ''));
  return response.arrayBuffer();
}

export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const response = await ask(path, options);
  const text = await response.text().catch(() => '');
  if (!response.ok) throw errorFrom(response, text);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(response.status, 'not_json', 'The server gave an answer that the studio cannot read.');
  }
}

function errorFrom(response: Response, text: string): Error {
  // A proxy in front of a stopped server answers 502 or 504 in its own words: that is "away", not "no".
  if (response.status === 502 || response.status === 504) return new Unreachable();
  const wait = Number(response.headers.get('retry-after'));
  const retryAfterS = Number.isFinite(wait) && wait > 0 ? wait : null;
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; decision?: Decision | null } };
    return new ApiError(response.status, error.code, error.message, error.decision ?? null, retryAfterS);
  } catch {
    return new ApiError(response.status, 'unknown', `The server answered ${response.status}.`, null, retryAfterS);
  }
}

/** An id as a part of an address. */
export const at = (id: string): string => encodeURIComponent(id);
