// Development only: songs, rules and a toy planner in the shapes of the HTTP interface.

const OPERATIONS = ['style', 'arrangement', 'tempo_pitch', 'mashup', 'stems_use', 'lyrics_change', 'translate', 'vocal_interpretation', 'voice_clone', 'cover', 'derive_again', 'train', 'download', 'share_in_app', 'export'];

const SENTENCES = {
  'no-grant': 'No grant of the owner covers this.',
  'nd': 'The licence allows no derivatives.',
  'ask': 'The owner wants to hear it first.',
  'voice': 'The singer keeps the right to her voice.',
};

function rules(denied = {}, asks = []) {
  return OPERATIONS.map((operation) => ({
    operation,
    outcome: denied[operation] ? 'deny' : asks.includes(operation) ? 'needs_approval' : 'permit',
    reasons: denied[operation] ? [{ code: denied[operation], sentence: SENTENCES[denied[operation]] }] : asks.includes(operation) ? [{ code: 'ask', sentence: SENTENCES.ask }] : [],
  }));
}

const USUAL = { voice_clone: 'voice', train: 'no-grant', translate: 'no-grant', lyrics_change: 'no-grant' };
const ND = Object.fromEntries(OPERATIONS.filter((name) => !['download', 'share_in_app', 'export'].includes(name)).map((name) => [name, 'nd']));
const by = { id: 'CC-BY-3.0', name: 'Creative Commons Attribution 3.0', url: 'https://creativecommons.org/licenses/by/3.0/' };

const ROWS = [
  ['lets-go-fishin', 'Let’s Go Fishin’', 'Karissa Hobbs', 96, 115, 'A minor', true, { ...by, attribution: '“Let’s Go Fishin’” by Karissa Hobbs' }, rules(USUAL), 24],
  ['harbour', 'Harbour Lights at the End of a Very Long Night Before the First Train Home to the Sea', 'The Orchestra of the Unreasonably Long Name and Their Friends', 72, 92, 'F# minor', true, { id: 'CC-BY-SA-4.0', name: 'Creative Commons Attribution-ShareAlike 4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0/', attribution: '' }, rules(USUAL, ['export']), 3],
  ['stone', 'Written in Stone', 'Marble Choir', 88, 74, 'D major', true, { id: 'CC-BY-ND-4.0', name: 'Creative Commons Attribution-NoDerivatives 4.0', url: 'https://creativecommons.org/licenses/by-nd/4.0/', attribution: 'Marble Choir' }, rules(ND), 0],
  ['first-light', 'First Light', 'Contrafact', 110, 104, 'C major', true, { id: 'CC0-1.0', name: 'Public domain dedication', url: 'https://creativecommons.org/publicdomain/zero/1.0/', attribution: '' }, rules({}), 112],
  ['tin-robots', 'Tin Robots', 'Arcade Assembly', 64, 140, 'E minor', false, { id: 'CC-BY-3.0', name: by.name, url: by.url, attribution: 'Arcade Assembly' }, rules({ train: 'no-grant' }), 9],
  ['osnabruck', 'Osnabrück', 'Señor Ñandú', 60, 128, 'G major', false, { id: 'GPL-2.0', name: 'GNU General Public License 2', url: null, attribution: 'Señor Ñandú' }, rules({}, ['style', 'arrangement']), 1],
  ['slow-river', 'Slow River', 'Ida Lund', 84, 66, 'A# minor', true, null, rules(Object.fromEntries(OPERATIONS.map((name) => [name, 'no-grant']))), 0],
  ['paper-moon', 'Paper Planes over Lisbon', 'Tomás & Inês', 75, 100, 'B minor', true, { ...by, attribution: 'Tomás & Inês' }, rules(USUAL), 40],
];

const HUES = { C: 20, G: 50, D: 80, A: 110, E: 140, B: 170, F: 350, 'F#': 200, 'A#': 290 };

export function cover(song) {
  const hue = HUES[song.key.split(' ')[0]] ?? 230;
  const bars = Array.from({ length: 14 }, (_, n) => {
    const size = 40 + ((song.title.charCodeAt(n % song.title.length) * (n + 3)) % 200);
    return `<rect x="${40 + n * 38}" y="${320 - size}" width="20" height="${size * 1.5}" rx="10"/>`;
  }).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600"><rect width="600" height="600" fill="hsl(${hue} 45% 24%)"/><g fill="hsl(${(hue + 30) % 360} 80% 68%)">${bars}</g></svg>`;
}

export const SONGS = ROWS.map(([id, title, artist, duration_s, tempo_bpm, key, has_vocals, licence, operations, remix_count]) => ({
  id, title, artist, album: id === 'harbour' ? 'Nocturnes' : null, duration_s, tempo_bpm, key, metre: 4, has_vocals, isrc: null, licence,
  cover_url: `/api/songs/${id}/cover`, audio_url: `/api/songs/${id}/audio`, waveform_url: `/api/songs/${id}/waveform`, operations, remix_count,
}));

export const STYLES = [['house', 'House', 118, 128], ['lofi-hip-hop', 'Lo-fi hip hop', 70, 92], ['drum-and-bass', 'Drum and bass', 165, 178], ['bossa-nova', 'Bossa nova', 110, 150], ['acoustic-ballad', 'Acoustic ballad', 60, 84], ['synthwave', 'Synthwave', 84, 118]]
  .map(([slug, name, low, high]) => ({ slug, name, words: [name.toLowerCase()], tempo_bpm: [low, high] }));

export function chart(song) {
  const names = ['intro', 'verse', 'chorus', 'verse', 'chorus', 'bridge', 'chorus', 'outro'];
  const sizes = [1, 2, 2, 2, 2, 1, 2, 1];
  const whole = sizes.reduce((a, b) => a + b, 0);
  let at = 0;
  const sections = names.map((label, n) => {
    const start_s = at;
    at += (sizes[n] / whole) * song.duration_s;
    return { start_s, end_s: at, label, letter: label[0].toUpperCase(), energy: label === 'chorus' ? 0.9 : 0.4, first_bar: n, last_bar: n, confidence: 0.7 };
  });
  const bar_s = 240 / song.tempo_bpm;
  const labels = ['A:min', 'F:maj', 'C:maj', 'G:7'];
  const chords = Array.from({ length: Math.ceil(song.duration_s / bar_s) }, (_, n) => ({ start_s: n * bar_s, end_s: (n + 1) * bar_s, label: labels[n % 4], confidence: 0.8 }));
  return { chart: 1, duration_s: song.duration_s, sections, chords };
}

export function plan(song, words, without, seed) {
  const understood = [];
  let rest = ` ${words.toLowerCase()} `;
  const uses = new Set(['stems_use']);
  let ratio = 1;
  const find = (pattern, kind, meaning, use, act) => {
    const hit = rest.match(pattern);
    if (!hit) return;
    rest = rest.replace(hit[0], ' ');
    const id = `p${understood.length + 1}`;
    const phrase = { id, text: hit[0].trim(), kind, meaning };
    understood.push(phrase);
    if (without.includes(id)) return;
    uses.add(use);
    act?.();
  };
  for (const style of STYLES) find(new RegExp(`\\b${style.name.toLowerCase()}\\b`), 'style', `style ${style.name}, its own drums, bass and chords`, 'style');
  find(/\b(a little |much )?(slow|slower)\b/, 'tempo', `tempo × 0.85 (${Math.round(song.tempo_bpm * 0.85)} BPM)`, 'tempo_pitch', () => (ratio = 0.85));
  find(/\b(a little |much )?(fast|faster)\b/, 'tempo', `tempo × 1.1 (${Math.round(song.tempo_bpm * 1.1)} BPM)`, 'tempo_pitch', () => (ratio = 1.1));
  find(/\bkeep the (voice|vocals)\b/, 'keep', 'the voice stays as it was sung', 'stems_use');
  find(/\b(no|without) drums\b/, 'drop', 'no drums', 'arrangement');
  find(/\bsay it in french\b/, 'translate', 'sung in French', 'translate');
  find(/\btwo semitones down\b/, 'key', 'transposed by −2', 'tempo_pitch');
  const ignored = rest.split(/[^\p{L}\p{N}’']+/u).filter((word) => word.length > 1);
  const refused = song.operations.filter((rule) => uses.has(rule.operation) && rule.outcome !== 'permit');
  const outcome = refused.some((rule) => rule.outcome === 'deny') ? 'deny' : refused.length ? 'needs_approval' : 'permit';
  return {
    recipe: { recipe: 1, kind: 'remix', sources: ['0'.repeat(64)], tempo: { ratio }, seed },
    understood: understood.filter((phrase) => !without.includes(phrase.id)), ignored,
    decision: { outcome, reasons: refused.map((rule) => ({ code: rule.reasons[0].code, operation: rule.operation, sentence: rule.reasons[0].sentence })), snapshot_sha256: 'f'.repeat(64) },
    tempo_bpm: song.tempo_bpm * ratio, key: song.key, duration_s: song.duration_s / ratio,
  };
}
