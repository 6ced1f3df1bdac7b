/** Exact fractions as people read them. */

/** "1/3" → "33.33 %", "1" → "100 %"; what is no fraction stays as it came. An amount that was rounded says so. */
export function percentOf(share: string): string {
  const found = /^(\d+)(?:\/(\d+))?$/.exec(share);
  const below = BigInt(found?.[2] ?? '1');
  if (!found || below === 0n) return share;
  const scaled = BigInt(found[1]!) * 1_000_000n;
  const hundredths = scaled / below / 100n;
  const exact = scaled % (below * 100n) === 0n;
  const text = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`.replace(/\.?0+$/, '');
  return `${exact ? '' : '≈ '}${text} %`;
}
