/** The contenders of `bench:computer`: our complete worker, and the openai package's plain loop. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { startChild, type Child } from '../../workers/local/child.ts';
import type { LeadMagnetJobResult } from '../../workflows/contract/jobs/job.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { leadMagnetJobType, taskQueue } from '../../workflows/contract/names.ts';
import { treeMemory } from '../measure.ts';
import { waitingHosts } from './short-jobs.ts';
import type { Contender, PageName, Session } from './contender.ts';
import { FiguresSchema, PlaceSchema, type Figures, type Place } from './figures.ts';

const folder = import.meta.dirname;
const root = join(folder, '..', '..');

export async function startPlace(turns: number): Promise<{ readonly child: Child; readonly place: Place }> {
  const file = join(folder, 'place.ts');
  const child = await startChild({
    name: 'place',
    file,
    parameters: ['--turns', `${turns}`],
    environment: process.env,
  });
  return { child, place: PlaceSchema.parse(JSON.parse(child.said)) };
}

export function plain(place: Place, turns: number, waitMilliseconds: number): Contender {
  return {
    name: waitMilliseconds === 0 ? 'plain' : 'plain, 500 ms',
    async run(page, ofThis = turns) {
      const options = { ...place, page, wait: `${waitMilliseconds}`, turns: `${ofThis}` };
      const parameters = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
      const file = join(folder, 'plain.ts');
      const child = await startChild({ name: 'plain loop', file, parameters, environment: process.env });
      const memory = await largestMemory(child.pid, child.ended);
      const found = await figures(place);
      return { ...found, memory, wholeMilliseconds: found.endMilliseconds };
    },
  };
}

interface OurPlace {
  readonly client: Client;
  readonly temporalAddress: string;
  readonly dataFolder: string;
  readonly place: Place;
  readonly turns: number;
}

export async function ours(request: OurPlace): Promise<{ readonly worker: Child; readonly contender: Contender }> {
  const { client, place, turns } = request;
  const environment = {
    ...process.env,
    TEMPORAL_ADDRESS: request.temporalAddress,
    LODESTONE_DATA_DIR: request.dataFolder,
    LODESTONE_LOG_LEVEL: 'warn',
    LODESTONE_ALLOW_PRIVATE_ORIGINS: place.site,
    ...(process.getuid?.() === 0 ? { LODESTONE_CHROMIUM_SANDBOX: 'off' } : {}),
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: place.model,
  };
  const worker = await startChild({ name: 'our worker', file: join(root, 'workers/main.ts'), environment });
  let sessions = 0;
  const hostsFolder = join(request.dataFolder, 'browsers');
  const run = async (page: PageName, ofThis = turns): Promise<Session> => {
    sessions += 1;
    await fetch(`${place.site}/begin?turns=${ofThis}`, { method: 'POST' });
    const started = performance.now();
    const job = client.workflow.execute<(input: unknown) => Promise<LeadMagnetJobResult>>(leadMagnetJobType, {
      workflowId: `bench-${sessions}`,
      taskQueue: taskQueue('lodestone', 'jobs'),
      args: [inputOf(place, page, turns)],
    });
    let wholeMilliseconds = Number.NaN;
    void job.then(() => (wholeMilliseconds = performance.now() - started));
    const memory = await largestMemory(worker.pid, job, () => waitingHosts(hostsFolder));
    const { outcome } = await job;
    if (outcome !== 'completed') throw new Error(`our session ended as ${outcome}`);
    return { ...(await figures(place)), memory, wholeMilliseconds };
  };
  return { worker, contender: { name: 'ours', run } };
}

function inputOf({ site }: Place, page: PageName, turns: number) {
  const { leadMagnet, problems } = readDefinition({
    slug: 'bench',
    name: 'Bench',
    form: { fields: [{ id: 'who', type: 'text', label: 'Who', required: true }] },
    network: { navigate: [site] },
    steps: [
      {
        id: 'press',
        kind: 'computer_use',
        startUrl: `${site}/${page}`,
        goal: 'Press the button.',
        display: { width: 1280, height: 800 },
        budget: { iterations: turns + 10 },
      },
    ],
  });
  if (leadMagnet === null) throw new Error(`the benchmark's definition has problems: ${JSON.stringify(problems)}`);
  const submittedAt = new Date().toISOString();
  return { tenant: 'default', version: 1, definition: leadMagnet, form: { who: 'Ada' }, submittedAt, jobUrl: null };
}

async function figures({ site }: Place): Promise<Figures> {
  const answer = await fetch(`${site}/figures`);
  return FiguresSchema.parse(await answer.json());
}

/** In MiB, sampled until the work has ended. */
async function largestMemory(
  pid: number,
  work: Promise<unknown>,
  leftOut: () => Promise<ReadonlySet<number>> = async () => new Set(),
): Promise<number> {
  const measure = async (): Promise<number> => treeMemory(pid, await leftOut());
  const sizes: Promise<number>[] = [measure()];
  const timer = setInterval(() => sizes.push(measure()), 500);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return Math.max(...(await Promise.all(sizes))) / 1024 / 1024;
}
