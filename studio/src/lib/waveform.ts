/** Peaks fitted to the bars that there is room for. */

/** The highest of the peaks that fall to each of `bars` bars; empty input gives flat bars. */
export function fitPeaks(peaks: readonly number[], bars: number): number[] {
  if (bars <= 0) return [];
  if (!peaks.length) return new Array<number>(bars).fill(0);
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / bars));
    let highest = 0;
    for (let index = from; index < to && index < peaks.length; index += 1) highest = Math.max(highest, peaks[index] ?? 0);
    return Math.min(1, highest);
  });
}
