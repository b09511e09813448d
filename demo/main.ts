/** `npm run demo`: turns a form submission into a delivered audit, with a real browser, server, mailbox and PDF. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';
import { createApi } from '../client/cli/api/client.ts';
import { saveLeadMagnet } from '../client/cli/jobs/job-calls.ts';
import { jobSummary } from '../client/cli/output.ts';
import { watchJob } from '../client/cli/jobs/watch.ts';
import { noLine } from '../client/cli/progress/status-line.ts';
import { startStack, type Stack, type StackRequest } from '../workers/local/stack.ts';
import { stopRequest, type StopRequest } from '../workers/local/stop-request.ts';
import { freePorts } from './run/free-ports.ts';
import { killBrowserWorker } from './run/kill-worker.ts';
import { judge } from './run/verdict.ts';
import { submitForm } from './run/visitor.ts';
import { startWorld, type World } from './run/world.ts';

const help = `Usage: npm run demo -- [--once] [--json] [--kill-worker | --kill-browser]

Takes a visitor's submission to a delivered website audit. Without OPENAI_API_KEY a model server stands in for the
OpenAI API: it looks at the pixels of the screenshots it is sent.
  --once         end when the job is done; exit 0 only when everything arrived
  --json         print one JSON object at the end
  --kill-worker  kill the browser worker with SIGKILL during its loop; the job continues in the same browser
  --kill-browser kill its browser as well; the job continues in a new one
`;

const visitorEmail = 'visitor@example.com';
/** Slow enough to watch, fast enough to wait for. */
const modelLatencyMilliseconds = 250;

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'kill-worker': { type: 'boolean', default: false },
      'kill-browser': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  // Listens before anything is started, so that a stop during the start also stops the parts in order.
  const stop = stopRequest();
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-demo-'));
  const openAiKey = process.env['OPENAI_API_KEY'];
  say(
    openAiKey === undefined
      ? 'No OPENAI_API_KEY: the demo uses its own model server instead of the OpenAI API.'
      : 'Using the OpenAI API.',
  );
  if (process.getuid?.() === 0) say("You are root: Chromium's own sandbox is off for this demo.");
  const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
  const apiUrl = `http://127.0.0.1:${api}`;
  const world = await startWorld({ folder, openAiKey, modelLatencyMilliseconds, apiUrl });
  const stack = await startParts(world, { temporal, temporalUi, api }, join(folder, 'data'), stop);
  try {
    const passed = await Promise.race([play(world, stack, join(folder, 'data'), options), stack.failed, stop.asked]);
    if (passed !== undefined && !options.once) {
      say('Everything keeps running until Ctrl-C.');
      await Promise.race([stop.asked, stack.failed]);
    }
    return passed === true ? 0 : 1;
  } finally {
    say('Stopping …');
    await stack.stop();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startParts(
  world: World,
  ports: StackRequest['ports'],
  dataFolder: string,
  stop: StopRequest,
): Promise<Stack> {
  try {
    return await startStack({
      dataFolder,
      ports,
      environment: { ...process.env, LODESTONE_LOG_LEVEL: 'warn', ...world.environment },
      progress: say,
      onChange: (_report, sentence) => {
        if (sentence !== null) say(sentence);
      },
      stopRequest: stop,
    });
  } catch (error) {
    await world.close();
    throw error;
  }
}

interface Options {
  readonly json: boolean;
  readonly 'kill-worker': boolean;
  readonly 'kill-browser': boolean;
}

async function play(world: World, stack: Stack, dataFolder: string, options: Options): Promise<boolean> {
  const api = createApi(stack.apiUrl);
  const saved = await saveLeadMagnet(api, await definition(world));
  say(`Form:            ${saved.formUrl}`);
  const { jobId } = await submitForm(saved.formUrl, { email: visitorEmail, website: world.site.url });
  say(`Job:             ${stack.apiUrl}/jobs/${jobId}`);
  say(`Temporal Web UI: ${stack.temporalUiUrl}/namespaces/default/workflows/${jobId}`);
  const kills = options['kill-worker'] || options['kill-browser'];
  const browserIn = options['kill-browser'] ? dataFolder : null;
  const killed = kills ? killBrowserWorker({ stack, api, jobId, browserIn, say }) : Promise.resolve();
  const [job] = await Promise.all([watchJob(api, jobId, noLine), killed]);
  const verdict = await judge(job, world, visitorEmail);
  for (const { what, ok, detail } of verdict.checks) say(`${ok ? '✓' : '✗'} ${what} (${detail})`);
  say(`Deliverable:     ${stack.apiUrl}/v1/jobs/${jobId}/artifacts/report.pdf`);
  say(`Mail received:   ${world.mail.url}`);
  say(`Webhook:         ${world.receiver.url}`);
  say(`Sample site:     ${world.site.url}`);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ok: verdict.ok, checks: verdict.checks, job: jobSummary(job) }, null, 2)}\n`,
    );
  }
  return verdict.ok;
}

/** The sample definition, with the address of the demo's receiver as its delivery target. */
async function definition(world: World): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'lead-magnets', 'website-audit.yaml'), 'utf8');
  return stringifyYaml(parseYaml(text.replace('http://127.0.0.1:9400/webhook', world.receiver.url)));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
