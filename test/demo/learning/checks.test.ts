import { describe, expect, it } from 'vitest';
import { diagnosisChecks, pinChecks, type Finding } from '../../../demo/learning/checks.ts';

const finding: Finding = {
  cause: 'slow',
  level: 'warning',
  about: 'step write (ai) of slow-model',
  tenant: 'default',
  kind: 'step',
  work: 'ai',
  leadMagnet: 'slow-model',
  step: 'write',
  runs: 3,
  outOf: 3,
  evidence: '3 of 3 runs took more than 60 s',
  advice: '',
  examples: [],
};
const slow = { slug: 'slow-model', about: 'slow', cause: 'slow', runs: 3 } as const;

function oks(checks: readonly { readonly ok: boolean }[]): readonly boolean[] {
  return checks.map(({ ok }) => ok);
}

describe('the checks of demo:learning', () => {
  it('hold when each cause is found where it is, and nothing else', () => {
    expect(oks(diagnosisChecks([finding], [slow]))).toEqual([true, true]);
  });

  it('fail for a cause that is missing, shown by too few runs, or found elsewhere', () => {
    expect(oks(diagnosisChecks([], [slow]))).toEqual([false, true]);
    expect(oks(diagnosisChecks([{ ...finding, runs: 2 }], [slow]))).toEqual([false, true]);
    expect(oks(diagnosisChecks([{ ...finding, cause: 'stuck' }], [slow]))).toEqual([false, false]);
    expect(oks(diagnosisChecks([finding], [{ ...slow, slug: 'healthy', cause: null }]))).toEqual([false]);
  });

  it('fail for a job whose version is not that of its hash', () => {
    const trial = { stable: 0, candidate: 1, percent: 10 };
    const pinned = Array.from({ length: 100 }, (_, index) => ({
      limitsVersion: Number(index < 10),
      hashedVersion: Number(index < 10),
    }));
    expect(oks(pinChecks(pinned, trial))).toEqual([true]);
    expect(oks(pinChecks([{ limitsVersion: 1, hashedVersion: 0 }, ...pinned], trial))).toEqual([false]);
    expect(oks(pinChecks([], trial))).toEqual([false]);
  });
});
