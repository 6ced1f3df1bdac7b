import { describe, expect, it } from 'vitest';
import { isRelease, met } from '../src/lib/api';
import type { Column } from '../src/lib/rights-api';
import { isChanged, noTerms, savedDraft, withCell } from '../src/lib/terms';

describe('met', () => {
  const reason = (code: string) => ({ code, sentence: code });

  it('reads a permit that waits for an owner before others hear it as a question, and nothing else', () => {
    expect(met({ outcome: 'permit', reasons: [reason('granted'), reason('owner_approves_release')] })).toBe('needs_approval');
    expect(met({ outcome: 'permit', reasons: [reason('granted')] })).toBe('permit');
    expect(met({ outcome: 'deny', reasons: [reason('owner_approves_release')] })).toBe('deny');
  });
});

describe('isRelease', () => {
  it('goes by the kind that the id names', () => {
    expect([isRelease('rls_1'), isRelease('rmx_1')]).toEqual([true, false]);
  });
});

describe('savedDraft', () => {
  const column = (key: string, series: Record<string, number>, operation: string): Column =>
    ({ key, series, terms: withCell(noTerms(), operation, 'yes') }) as Column;

  it('is based on the version that was saved, so that it is not sent again', () => {
    const before = column('grs_1', { grs_1: 1 }, 'style');
    const draft = { key: 'grs_1', column: before, terms: withCell(before.terms, 'cover', 'yes') };
    expect(isChanged(draft)).toBe(true);
    const saved = savedDraft(draft, [{ ...before, series: { grs_1: 2 }, terms: draft.terms }]);
    expect([isChanged(saved), saved.column?.series]).toEqual([false, { grs_1: 2 }]);
  });

  it('finds a new column by what it says', () => {
    const draft = { key: 'new-1', column: null, terms: withCell(noTerms(), 'cover', 'ask') };
    const found = { ...column('grs_9', { grs_9: 1 }, 'style'), terms: draft.terms };
    expect(savedDraft(draft, [column('grs_1', { grs_1: 1 }, 'style'), found]).column?.key).toBe('grs_9');
    expect(savedDraft(draft, [])).toBe(draft);
  });
});
