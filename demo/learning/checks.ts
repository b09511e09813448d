/** What is checked in the demo: what was expected, and what was seen. Pure. */
import type { Analysis } from '../../client/cli/api/client.ts';
import type { FindingCause } from '../../workflows/contract/insights/causes.ts';

export interface Check {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly ok: boolean;
  /** The page that shows it. */
  readonly page?: string | undefined;
}

export type Finding = Analysis['findings'][number];

/** What the analysis must say of a lead magnet. */
export interface Expected {
  readonly slug: string;
  readonly about: string;
  readonly cause: FindingCause | null;
  readonly runs: number;
}

/** Each cause is named where it is, by enough runs, and nothing is found anywhere else. */
export function diagnosisChecks(findings: readonly Finding[], situations: readonly Expected[]): readonly Check[] {
  const isExpected = ({ leadMagnet, cause }: Finding): boolean =>
    situations.some((situation) => situation.slug === leadMagnet && situation.cause === cause);
  const named = situations.flatMap((situation): readonly Check[] => {
    const { slug, about, cause, runs } = situation;
    if (cause === null) return [];
    const found = findings.find((finding) => finding.leadMagnet === slug && finding.cause === cause);
    return [
      {
        what: `${slug}: ${about}`,
        expected: `${cause}, shown by ${runs} runs or more`,
        seen: found === undefined ? 'not found' : `${found.cause}: ${found.evidence}`,
        ok: found !== undefined && found.runs >= runs,
        page: found?.examples[0]?.page ?? undefined,
      },
    ];
  });
  const others = findings.filter((finding) => !isExpected(finding));
  return [
    ...named,
    {
      what: 'nothing else is found',
      expected: 'no other finding',
      seen: others.map(({ cause, about, evidence }) => `${cause} of ${about}: ${evidence}`).join('; ') || 'none',
      ok: others.length === 0,
    },
  ];
}

/** The jobs that nothing hinders; without them, finding nothing there would say nothing. */
export function completionCheck(jobs: readonly { readonly id: string; readonly outcome: string | null }[]): Check {
  const others = jobs.filter(({ outcome }) => outcome !== 'completed');
  return {
    what: 'what nothing hinders completes',
    expected: `all of ${jobs.length} jobs completed`,
    seen: others.map(({ id, outcome }) => `${id}: ${outcome}`).join('; ') || `${jobs.length} completed`,
    ok: jobs.length > 0 && others.length === 0,
  };
}

export interface PinnedJob {
  readonly limitsVersion: number;
  /** The version that the hash of its id gives it. */
  readonly hashedVersion: number;
}

export function pinChecks(
  jobs: readonly PinnedJob[],
  { stable, candidate, percent }: { readonly stable: number; readonly candidate: number; readonly percent: number },
): readonly Check[] {
  const wrong = jobs.filter(({ limitsVersion, hashedVersion }) => limitsVersion !== hashedVersion);
  const tried = jobs.filter(({ limitsVersion }) => limitsVersion === candidate).length;
  return [
    {
      what: `the version is tried on ${percent} % of new jobs, chosen by a hash of their ids`,
      expected: `each of ${jobs.length} jobs has the version of its hash: ${candidate} or ${stable}`,
      seen: `${tried} have version ${candidate}; ${wrong.length} have the wrong one`,
      ok: jobs.length > 0 && wrong.length === 0,
    },
  ];
}

/** For people: a line for each check, and where it can be looked at. */
export function checkLines(checks: readonly Check[], apiUrl: string): string {
  return checks
    .map(({ what, expected, seen, ok, page }) => {
      const link = page === undefined ? '' : `\n    ${new URL(page, apiUrl).href}`;
      const wanted = ok ? '' : `\n    expected: ${expected}`;
      return `  ${ok ? '✓' : '✗'} ${what}\n    ${seen}${wanted}${link}\n`;
    })
    .join('');
}
