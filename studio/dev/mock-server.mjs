#!/usr/bin/env node
// Development only, never part of the product: the HTTP interface with invented songs and generated sound.
//
//   node dev/mock-server.mjs [--port 5199] [--render-s 8] [--mp3 FILE]    FILE: what the live stream carries
//
// It serves the built studio too. POST /__mock {"mode": "normal|empty|slow|down|busy|fail|nosse|brokenlive"} changes how it behaves.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart, cover, plan, SONGS, STYLES } from './data.mjs';
import { header, pcm, peaks, song as makeSong } from './sound.mjs';

const argument = (name, fallback) => Number(process.argv[process.argv.indexOf(name) + 1] && process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : fallback);
const PORT = argument('--port', 5199);
const RENDER_S = argument('--render-s', 8);
const MP3 = process.argv.includes('--mp3') ? readFileSync(process.argv[process.argv.indexOf('--mp3') + 1]) : null;
const STATIC = fileURLToPath(new URL('../../src/contrafact/service/static/', import.meta.url));
const CSP = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'";
const STAGES = ['arranging', 'playing the parts', 'mixing', 'mastering', 'signing'];
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8' };

let mode = 'normal';
const sounds = new Map();
const remixes = new Map();
const plays = new Map();

function sound(key, duration_s, bpm, wet) {
  if (!sounds.has(key)) {
    const samples = makeSong(duration_s, bpm, key.length * 7919, wet);
    sounds.set(key, { wav: Buffer.concat([header(samples.length), pcm(samples)]), peaks: peaks(samples) });
  }
  return sounds.get(key);
}
const original = (song) => sound(`song/${song.id}`, song.duration_s, song.tempo_bpm, false);
const taken = (remix) => sound(`remix/${remix.id}`, remix.duration_s, remix.tempo_bpm, true);

function earnings(micros, generations, counted) {
  const label = Math.floor(micros * 0.4);
  const writer = Math.floor(micros * 0.25);
  const remixer = Math.floor(micros * 0.15);
  return { currency: 'EUR', total_micros: micros, generations, plays: counted, parties: [
    { party_id: 'p-label', name: 'Riverbend Records', role: 'label', amount_micros: label },
    { party_id: 'p-writer', name: 'Karissa Hobbs', role: 'writer', amount_micros: writer },
    { party_id: 'p-remixer', name: 'Ada', role: 'remixer', amount_micros: remixer },
    { party_id: 'p-house', name: 'Contrafact', role: 'platform', amount_micros: micros - label - writer - remixer }] };
}

function view(remix) {
  const passed = (Date.now() - remix.startedMs) / 1000 / RENDER_S;
  if (['queued', 'rendering'].includes(remix.status)) {
    remix.progress = Math.min(1, Math.max(0, passed));
    remix.status = passed < 0.05 ? 'queued' : passed >= 1 ? 'ready' : 'rendering';
    if (mode === 'fail' && passed > 0.4) Object.assign(remix, { status: 'failed', error: 'The soundfont could not be read: run “contrafact assets verify”.' });
  }
  const ready = remix.status === 'ready';
  const { song } = remix;
  return {
    id: remix.id, song_id: song.id, title: `${remix.style} remix of ${song.title}`, words: remix.words, status: remix.status, progress: remix.progress,
    stage: STAGES[Math.min(4, Math.floor(remix.progress * 5))], error: remix.error ?? null, created_at: remix.created_at, recipe: remix.recipe, duration_s: remix.duration_s,
    loudness_lufs: ready ? -14 : null, true_peak_dbtp: ready ? -1.02 : null,
    live_url: remix.status === 'rendering' && passed > 0.15 ? `/api/remixes/${remix.id}/live` : null,
    audio_url: ready ? `/api/remixes/${remix.id}/audio` : null, waveform_url: ready ? `/api/remixes/${remix.id}/waveform` : null,
    original_url: song.audio_url, original_loudness_lufs: -9.3, download_url: ready && song.licence ? `/api/remixes/${remix.id}/download` : null,
    download: song.id === 'harbour' ? { outcome: 'deny', reasons: [{ code: 'no-grant', sentence: 'The owner lets you listen here, but not take the file with you.' }] } : { outcome: 'permit', reasons: [] },
    label: `AI remix by Ada of “${song.title}” by ${song.artist}`, share_alike: song.licence?.id.includes('SA') ?? false,
    credits: [{ name: song.artist, role: 'featured artist', detail: null }, { name: song.artist, role: 'writer', detail: 'music and words' }, { name: 'Riverbend Records', role: 'label', detail: null }, { name: 'Ada', role: 'remixer', detail: null }, { name: 'Contrafact 0.1.0', role: 'engine', detail: 'Spleeter, BeatNet, GeneralUser GS' }, { name: song.licence?.name ?? 'none', role: 'licence', detail: song.licence?.attribution || null }],
    lineage: [{ kind: 'remix', id: 'r', title: `${remix.style} remix`, detail: 'by Ada', parent: null }, { kind: 'recording', id: 'rec', title: song.title, detail: song.artist, parent: 'r' }, { kind: 'party', id: 'p-label', title: 'Riverbend Records', detail: 'owns the recording', parent: 'rec' }, { kind: 'work', id: 'w', title: song.title, detail: 'composition', parent: 'rec' }, { kind: 'party', id: 'p-writer', title: song.artist, detail: '100 % of the composition', parent: 'w' }],
    provenance: ready ? { state: 'Trusted', signed_by: 'Contrafact demo' } : { state: 'none', signed_by: null },
    earnings: earnings(20000 + 4137 * (plays.get(remix.id)?.counted ?? 0), 1, plays.get(remix.id)?.counted ?? 0),
  };
}

function json(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(JSON.stringify(body));
}
const problem = (response, status, code, message, decision = null, headers = {}) => json(response, status, { error: { code, message, decision } }, headers);

function ranged(request, response, bytes, type = 'audio/wav', extra = {}) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = match ? Number(match[1]) : 0;
  const to = match?.[2] ? Math.min(Number(match[2]), bytes.length - 1) : bytes.length - 1;
  const headers = { 'content-type': type, 'accept-ranges': 'bytes', 'content-length': to - from + 1, ...extra };
  if (match) headers['content-range'] = `bytes ${from}-${to}/${bytes.length}`;
  response.writeHead(match ? 206 : 200, headers);
  response.end(bytes.subarray(from, to + 1));
}

/** The take as it grows: no length, no ranges, about three times as fast as it sounds. */
function live(response, remix) {
  const bytes = MP3 ?? taken(remix).wav;
  response.writeHead(200, { 'content-type': MP3 ? 'audio/mpeg' : 'audio/wav', 'cache-control': 'no-store' });
  let sent = 0;
  const stopAt = mode === 'brokenlive' ? bytes.length * 0.04 : bytes.length;
  const step = Math.ceil((bytes.length / remix.duration_s) * 0.75);
  const timer = setInterval(() => {
    const next = Math.min(stopAt, sent + step);
    response.write(bytes.subarray(sent, next));
    sent = next;
    if (sent >= stopAt) { clearInterval(timer); if (mode === 'brokenlive') response.destroy(); else response.end(); }
  }, 250);
  response.on('close', () => clearInterval(timer));
}

function events(request, response, remix) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = () => {
    if (mode === 'down') return request.socket.destroy();
    const now = view(remix);
    response.write(`event: remix\ndata: ${JSON.stringify(now)}\n\n`);
    if (['ready', 'failed', 'cancelled'].includes(now.status)) { clearInterval(timer); response.end(); }
  };
  const timer = setInterval(send, 300);
  send();
  request.on('close', () => clearInterval(timer));
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : {};
}

function start(response, wish) {
  const song = SONGS.find((each) => each.id === wish.song_id);
  const { decision } = plan(song, wish.words, [], 0);
  if (decision.outcome !== 'permit' && mode !== 'normal') return problem(response, 403, 'refused', 'The owner does not allow this.', decision);
  const ratio = wish.recipe.tempo.ratio;
  const style = STYLES.find((each) => wish.words.toLowerCase().includes(each.name.toLowerCase()))?.name ?? 'Fresh';
  const remix = { id: `r${remixes.size + 1}`, song, words: wish.words, recipe: wish.recipe, style, duration_s: song.duration_s / ratio, tempo_bpm: song.tempo_bpm * ratio, status: 'queued', progress: 0, startedMs: Date.now(), created_at: new Date().toISOString() };
  remixes.set(remix.id, remix);
  return json(response, 202, view(remix));
}

function played(response, remix, report) {
  const seen = plays.get(remix.id) ?? { counted: 0, ids: new Set(), reports: [] };
  plays.set(remix.id, seen);
  seen.reports.push(report);
  const counted = report.heard_s >= 30 && !seen.ids.has(report.play_id);
  if (counted) { seen.ids.add(report.play_id); seen.counted += 1; }
  return json(response, 200, { counted, earnings: view(remix).earnings });
}

async function route(request, response) {
  const url = new URL(request.url, 'http://x');
  const path = url.pathname;
  if (path === '/__mock') { mode = (await body(request)).mode; return json(response, 200, { mode }); }
  if (path === '/__plays') return json(response, 200, [...plays.values()].flatMap((each) => each.reports));
  if (mode === 'down' && (path.startsWith('/api') || path === '/healthz')) return request.socket.destroy();
  if (mode === 'slow' && path.startsWith('/api')) await new Promise((resolve) => setTimeout(resolve, 4000));
  if (path === '/healthz') return json(response, 200, { ok: true });
  if (path === '/api/session') return json(response, 200, { user: { id: 'u1', name: 'Ada', tier: 'free' }, version: '0.1.0', currency: 'EUR' });
  if (path === '/api/styles') return json(response, 200, { styles: STYLES });
  if (path === '/api/songs') return json(response, 200, { songs: mode === 'empty' ? [] : SONGS });
  if (path === '/api/notifications' || path === '/api/owner/notifications') return json(response, 200, { news: [], unread: 0, next: null });
  if (path === '/api/releases') return json(response, 200, { releases: [], next: null });
  const [, , room, id, leaf] = path.split('/');
  if (path.startsWith('/api/songs/')) {
    const song = SONGS.find((each) => each.id === id);
    if (!song) return problem(response, 404, 'not_found', 'There is no song with this id.');
    if (!leaf) return json(response, 200, song);
    if (leaf === 'cover') { response.writeHead(200, { 'content-type': 'image/svg+xml' }); return response.end(cover(song)); }
    if (leaf === 'audio') return ranged(request, response, original(song).wav);
    if (leaf === 'waveform') return json(response, 200, { duration_s: song.duration_s, peaks: original(song).peaks, loudness_lufs: -9.3 });
    if (leaf === 'chart') return json(response, 200, chart(song));
    const wish = await body(request);
    if (mode === 'busy') return problem(response, 429, 'rate_limited', 'Too many requests from you just now.', null, { 'retry-after': '5' });
    return json(response, 200, plan(song, wish.words, wish.without ?? [], wish.seed ?? 0));
  }
  if (room === 'remixes' && !id) {
    if (request.method === 'POST') return mode === 'busy' ? problem(response, 429, 'rate_limited', 'Too many remixes at once.', null, { 'retry-after': '5' }) : start(response, await body(request));
    return json(response, 200, { remixes: mode === 'empty' ? [] : [...remixes.values()].reverse().map(view) });
  }
  if (room === 'remixes') {
    const remix = remixes.get(id);
    if (!remix) return problem(response, 404, 'not_found', 'There is no remix with this id, or it is not yours.');
    if (!leaf) return json(response, 200, view(remix));
    if (leaf === 'events') return mode === 'nosse' ? problem(response, 500, 'no', 'no stream') : events(request, response, remix);
    if (leaf === 'live') return live(response, remix);
    if (leaf === 'audio') return ranged(request, response, taken(remix).wav);
    if (leaf === 'download') return ranged(request, response, taken(remix).wav, 'audio/wav', { 'content-disposition': 'attachment; filename="remix.wav"' });
    if (leaf === 'waveform') return json(response, 200, { duration_s: remix.duration_s, peaks: taken(remix).peaks, loudness_lufs: -14 });
    if (leaf === 'cancel') { if (!['ready', 'failed'].includes(remix.status)) remix.status = 'cancelled'; return json(response, 200, view(remix)); }
    if (leaf === 'plays') return played(response, remix, await body(request));
  }
  if (path.startsWith('/api')) return problem(response, 404, 'not_found', 'Nothing is here.');
  const file = normalize(join(STATIC, path === '/' ? 'index.html' : path));
  if (!file.startsWith(STATIC) || !existsSync(file)) return problem(response, 404, 'not_found', 'No such file.');
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  return createReadStream(file).pipe(response);
}

createServer((request, response) => {
  route(request, response).catch((error) => problem(response, 500, 'mock', String(error)));
}).listen(PORT, '127.0.0.1', () => process.stdout.write(`mock on http://127.0.0.1:${PORT}\n`));
