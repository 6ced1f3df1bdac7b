/** What is typed about who owns a song, between the page and the server. */

import { fromDay, toDay } from './conditions';
import type { Places, Share, SongChange, Statement } from './ownership-api';
import { WORLDWIDE } from './terms';

/** One line of the form; days are the first and the last on which it is held. */
export interface ShareLine {
  key: number;
  party_id: string | null;
  name: string;
  role: string;
  share: string;
  territories: Places;
  from: string;
  until: string;
}

export const EVERYWHERE: Places = { include: [WORLDWIDE], exclude: [] };

export function linesOf(shares: readonly Share[]): ShareLine[] {
  return shares.map((share, key) => ({
    key,
    party_id: share.party_id,
    name: share.name,
    role: share.role,
    share: share.share,
    territories: share.territories,
    from: toDay(share.valid_from),
    until: toDay(share.valid_to, -1),
  }));
}

export function emptyLine(lines: readonly ShareLine[]): ShareLine {
  const key = Math.max(-1, ...lines.map((line) => line.key)) + 1;
  return { key, party_id: null, name: '', role: 'owner', share: '', territories: EVERYWHERE, from: '', until: '' };
}

/** What is still lacking in a line; null when the server can be asked about it. */
export function lacking(line: ShareLine): string | null {
  if (line.party_id === null) return 'Choose who holds it.';
  if (!line.share.trim()) return 'Say how much: 1/3 or 50 %.';
  if (!line.territories.include.length) return 'Say where.';
  if (line.from && line.until && line.from > line.until) return 'It ends before it begins.';
  return null;
}

/** The lines as they are sent; moments that were not touched stay what they were, to the second. */
export function sharesOf(lines: readonly ShareLine[], before: readonly Share[]): Statement['shares'] {
  return lines.map((line) => {
    const old = before[line.key];
    const from = old && toDay(old.valid_from) === line.from ? old.valid_from : fromDay(line.from, 0);
    const to = old && toDay(old.valid_to, -1) === line.until ? old.valid_to : fromDay(line.until, 1);
    return { party_id: line.party_id ?? '', role: line.role.trim() || 'owner', share: line.share.trim(), territories: line.territories, valid_from: from, valid_to: to };
  });
}

/** Which line a message of the server is about ("shares[2].share: …" or "share 3 …"), counted from 0, and what it says. */
export function faultOf(message: string): { place: number; said: string } | null {
  const path = /^(?:statement\.)?shares\[(\d+)\][\w.[\]]*: (.+)$/s.exec(message);
  if (path) return { place: Number(path[1]), said: path[2]! };
  const counted = /^share (\d+) (.+)$/s.exec(message);
  return counted ? { place: Number(counted[1]) - 1, said: `It ${counted[2]}` } : null;
}

export function whereWords(places: Places): string {
  if (!places.include.includes(WORLDWIDE)) return places.include.join(' ') || 'nowhere';
  return places.exclude.length ? `everywhere − ${places.exclude.join(' ')}` : 'everywhere';
}

type Permission = SongChange['permissions'][number];
export interface PermissionGroup {
  plans: string;
  before: Permission['before'];
  after: Permission['after'];
  operations: string[];
}

/** What listeners may do that they could not, and the other way round: operations that change alike for the same plans in one line. */
export function permissionGroups(permissions: readonly Permission[], names: Readonly<Record<string, string>>): PermissionGroup[] {
  const alike = new Map<string, { of: Permission; tiers: string[] }>();
  for (const one of permissions) {
    const key = `${one.operation} ${one.before} ${one.after}`;
    const there = alike.get(key);
    if (there) there.tiers.push(one.tier);
    else alike.set(key, { of: one, tiers: [one.tier] });
  }
  const groups = new Map<string, PermissionGroup>();
  for (const { of, tiers } of alike.values()) {
    const plans = tiers.map((tier) => names[tier] ?? tier).join(' and ');
    const key = `${plans} ${of.before} ${of.after}`;
    const group = groups.get(key) ?? { plans, before: of.before, after: of.after, operations: [] };
    group.operations.push(of.operation.replaceAll('_', ' '));
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Songs of which the same changes, with what changes; those of which nothing does are one group, without lines. */
export interface SongGroup {
  songs: SongChange[];
  lines: PermissionGroup[];
}

export function songGroups(songs: readonly SongChange[], names: Readonly<Record<string, string>>): SongGroup[] {
  const alike = new Map<string, SongChange[]>();
  for (const song of songs) {
    const key = JSON.stringify(song.permissions);
    alike.set(key, [...(alike.get(key) ?? []), song]);
  }
  return [...alike.values()].map((group) => ({ songs: group, lines: permissionGroups(group[0]!.permissions, names) }));
}
