/** `lodestone limits history|diff|set|rollback|proposals|approve|deny`: the versions of the table of limits that new jobs get, by the API. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  builtInVersion,
  limitDifferences,
  versionedKinds,
  versionedLimits,
  type LimitsByKind,
} from '../../../workflows/contract/limits/limits-version.ts';
import { answerOf, type Api, type Body, type LimitsProposal, type LimitsVersion } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText, say } from '../output.ts';

interface Reason {
  readonly why: string;
}

export function addLimitsHistory(limits: Command, api: () => Api): void {
  // The command above has the same option, and takes it also where it comes after the name of one of these.
  const isJson = (): boolean => limits.opts<{ readonly json?: boolean }>().json === true;
  limits
    .command('history')
    .description('show the versions of limits, which of them new jobs get, and who changed what')
    .option('--limit <count>', 'the largest number of versions and of changes', Number, 20)
    .option('--json', 'print JSON')
    .action(async ({ limit }: { readonly limit: number }) => {
      const query = { limit };
      const { rollout, versions } = await answerOf(api().GET('/v1/limits/versions', { params: { query } }));
      const { entries } = await answerOf(api().GET('/v1/limits/audit', { params: { query } }));
      if (isJson()) return printJson({ rollout, versions, audit: entries });
      const isTried = (number: number) => number === rollout.candidate;
      const lines = versions.map((version) => {
        const mark = isTried(version.number) ? `tried on ${rollout.percent} %` : '';
        return versionLine(version, version.number === rollout.stable ? 'in force' : mark);
      });
      if (rollout.stable === builtInVersion) say('New jobs get the built-in table (version 0).');
      printText(lines.join(''));
      if (entries.length > 0) printText('\n');
      for (const { at, who, action, version, proposal, why } of entries) {
        const what = [version === null ? '' : `version ${version}`, proposal === null ? '' : `proposal ${proposal}`];
        printText(`${at}  ${who}: ${action.replace('_', ' ')} ${what.filter(Boolean).join(' of ')}: ${why}\n`);
      }
    });
  limits
    .command('diff <from> [to]')
    .description('show what differs between two versions; 0 is the built-in table, without TO the version in force')
    .option('--json', 'print JSON')
    .action(async (from: string, to: string | undefined) => {
      const before = await overridesOf(api(), numberOf(from));
      const differences = limitDifferences(before, await overridesOf(api(), to === undefined ? null : numberOf(to)));
      if (isJson()) return printJson(differences);
      const lines = differences.map(
        (one) => `${`${one.kind}.${one.limit}`.padEnd(32)} ${one.from ?? 'none'} → ${one.to ?? 'none'}\n`,
      );
      printText(lines.length === 0 ? 'no difference\n' : lines.join(''));
    });
  limits
    .command('set <limit...>')
    .description('make a new version for all jobs from now on, e.g. ai.attemptSeconds=600 delivery.attempts=default')
    .requiredOption('--why <text>', 'the reason, kept in the audit log')
    .option('--json', 'print JSON')
    .action(async (texts: readonly string[], { why }: Reason) => {
      const body = { change: changeOf(texts), why, by: userInfo().username };
      const version = await answerOf(api().POST('/v1/limits/versions', { body }));
      if (isJson()) printJson(version);
      else say(`version ${version.number} of limits is in force for new jobs; back: lodestone limits rollback`);
    });
  limits
    .command('rollback [version]')
    .description('give new jobs the version before, or this one; end the trial of one that is being tried')
    .requiredOption('--why <text>', 'the reason, kept in the audit log')
    .option('--json', 'print JSON')
    .action(async (version: string | undefined, { why }: Reason) => {
      const to = version === undefined ? {} : { to: numberOf(version) };
      const query = { limit: 1 };
      const seen = await answerOf(api().GET('/v1/limits/versions', { params: { query } }));
      const body = { ...to, revision: seen.rollout.revision, why, by: userInfo().username };
      const rollout = await answerOf(api().POST('/v1/limits/rollback', { body }));
      if (isJson()) printJson(rollout);
      else say(`new jobs get version ${rollout.stable} of limits`);
    });
  addProposals(limits, api, isJson);
}

/** `lodestone limits proposals|approve|deny`. */
function addProposals(limits: Command, api: () => Api, isJson: () => boolean): void {
  limits
    .command('proposals')
    .description('show what the tuning of limits has proposed, newest first')
    .option('--limit <count>', 'the largest number of proposals', Number, 20)
    .option('--json', 'print JSON')
    .action(async ({ limit }: { readonly limit: number }) => {
      const { proposals } = await answerOf(api().GET('/v1/limits/proposals', { params: { query: { limit } } }));
      if (isJson()) return printJson(proposals);
      printText(proposals.map(proposalLine).join(''));
      if (proposals.length === 0) say('The tuning has proposed nothing yet.');
    });
  for (const verb of ['approve', 'deny'] as const) {
    limits
      .command(`${verb} <proposal>`)
      .description(verb === 'approve' ? 'have a proposal tried on 10 % of new jobs' : 'deny a proposal')
      .option('--note <text>', 'why, kept with the proposal')
      .option('--json', 'print JSON')
      .action(async (text: string, { note }: { readonly note?: string }) => {
        const body = { by: userInfo().username, ...(note === undefined ? {} : { note }) };
        const params = { path: { number: numberOf(text) } };
        const route = `/v1/limits/proposals/{number}/${verb}` as const;
        const proposal = await answerOf(api().POST(route, { params, body }));
        if (isJson()) printJson(proposal);
        else printText(proposalLine(proposal));
      });
  }
}

function proposalLine({ number, madeAt, state, why, decidedBy, note, version }: LimitsProposal): string {
  const decided = decidedBy === null ? '' : ` by ${decidedBy}`;
  const became = version === null ? '' : `, version ${version}`;
  return `${String(number).padStart(3)}  ${madeAt}  ${state.replace('_', ' ')}${decided}${became}\n     ${why}\n${note === null ? '' : `     ${note}\n`}`;
}

function versionLine({ number, madeAt, madeBy, why, parent, overrides }: LimitsVersion, mark: string): string {
  const changed = limitDifferences({}, overrides).map(({ kind, limit, to }) => `${kind}.${limit}=${to ?? 'none'}`);
  return `${String(number).padStart(3)}  ${madeAt}  by ${madeBy}, from ${parent}  ${mark}\n     ${why}\n     ${changed.join(' ')}\n`;
}

/** Of a version; of the one in force for null. */
async function overridesOf(api: Api, asked: number | null): Promise<LimitsByKind> {
  const query = { limit: 1 };
  const number = asked ?? (await answerOf(api.GET('/v1/limits/versions', { params: { query } }))).rollout.stable;
  if (number === builtInVersion) return {};
  return (await answerOf(api.GET('/v1/limits/versions/{number}', { params: { path: { number } } }))).overrides;
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${text} is not the number of a version.`, exitCodes.usage);
}

type Change = Body<'post', '/v1/limits/versions'>['change'];

/** Reads `kind.limit=value`, where the value `default` returns a limit to the table's. */
export function changeOf(texts: readonly string[]): Change {
  const change: Record<string, Record<string, number | null>> = {};
  for (const text of texts) {
    const [, kindText, limitText, value = ''] = /^(\w+)\.(\w+)=(\d{1,9}|default)$/.exec(text) ?? [];
    const kind = versionedKinds.find((known) => known === kindText);
    const limit = versionedLimits.find((known) => known === limitText);
    if (kind === undefined || limit === undefined) {
      const example = 'ai.attemptSeconds=600 or ai.attemptSeconds=default';
      const known = `kinds: ${versionedKinds.join(', ')}; limits: ${versionedLimits.join(', ')}`;
      throw new CommandError(`${text} is not like ${example}. Known ${known}.`, exitCodes.usage);
    }
    change[kind] = { ...change[kind], [limit]: value === 'default' ? null : Number(value) };
  }
  return change;
}
