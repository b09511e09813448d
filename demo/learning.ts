/** `npm run demo:learning`: what hinders jobs is told apart, and limits are tuned by themselves, to the better and not to the worse. */
import { answerOf, createApi } from '../client/cli/api/client.ts';
import { openStores } from '../store/store.ts';
import { defaultTenant } from '../workflows/contract/names.ts';
import { createFaultyBrain } from './learning/brain.ts';
import { checkLines, completionCheck, diagnosisChecks } from './learning/checks.ts';
import { runOneByOne, runShortJobs, runSituation, save } from './learning/real-jobs.ts';
import { startReceiver } from './learning/receiver.ts';
import { shortJobsAt, situationsAt, type Places, type Situation } from './learning/situations.ts';
import { badTrial, goodTrial, type TrialReport } from './learning/trials.ts';
import { demoQueuePrefix, startLooks } from './learning/tuning-looks.ts';
import { runModelDemo, say, type DemoParts } from './run/model-demo.ts';
import { startSampleSite } from './sample-site/server.ts';

const help = `Usage: npm run demo:learning -- [--json]

Starts Temporal, the API, the workers, a model server, a site and a receiver, and makes real jobs of all kinds: with a slow model,
a receiver that refuses, a loop, a limit that is too tight, too few slots, and healthy ones. The analysis must name each cause,
and nothing else. Then the tuning proposes a limit from the real jobs and tries it on 10 % of new ones; it must be taken for all.
A second proposal, which cuts long reports off, must be rolled back. A trial takes hours: its real jobs are followed by recorded
ones, with times that lie ahead, and the tuning looks with a clock that is set ahead. The checks take two to three minutes;
then everything keeps running, so that you can look at the pages. Exit 0 only when every check holds.
  --json  end after the checks; print one JSON object, and nothing else on standard output
`;

/** More than the 368 that a lower limit needs: fewer runs tell no upper end of a p99. */
const shortJobs = 400;
const toolRequests = 3;

const receiver = await startReceiver();
const site = await startSampleSite({ strip: false });
const places: Places = { receiver: receiver.url, site: site.url };

try {
  await runModelDemo({
    name: 'learning',
    help,
    brain: createFaultyBrain(),
    staysOpen: true,
    environment: () => ({
      LODESTONE_LOG_LEVEL: 'error',
      LODESTONE_MODEL: 'gpt-5.4-mini',
      LODESTONE_DATABASE_URL: '',
      LODESTONE_QUEUE_PREFIX: demoQueuePrefix,
      LODESTONE_ALLOW_PRIVATE_ORIGINS: Object.values(places).join(','),
      LODESTONE_LIMITS_TUNING: 'act',
      LODESTONE_SANDBOXES: '1',
      LODESTONE_WARM_BROWSERS: '1',
      // Chromium's sandbox does not work as root. The demo visits only its own site.
      ...(process.getuid?.() === 0 ? { LODESTONE_CHROMIUM_SANDBOX: 'off' } : {}),
    }),
    play,
  });
} finally {
  await Promise.all([receiver.close(), site.close()]);
}

interface Chapter extends Omit<TrialReport, 'endedAt'> {
  readonly chapter: string;
}

async function play({ stack, dataFolder, isJson }: DemoParts): Promise<boolean> {
  const api = createApi(stack.apiUrl);
  const stores = await openStores({ dataFolder });
  const looks = await startLooks(stack.temporalAddress, stores.acrossTenants);
  const tell = (chapter: Chapter): Chapter => {
    const text = `${chapter.chapter} (${chapter.realJobs} real jobs, ${chapter.recordedJobs} recorded ones)\n${checkLines(chapter.checks, stack.apiUrl)}`;
    if (isJson) say(text);
    else process.stdout.write(`${text}\n`);
    return chapter;
  };
  try {
    const store = stores.forTenant(defaultTenant);
    const { realJobs, short, healthy } = await makeRealJobs(api);
    const analysis = await answerOf(api.GET('/v1/insights/analysis', { params: { query: { since: '1h' } } }));
    const checks = [
      ...diagnosisChecks(analysis.findings, situationsAt(places)),
      completionCheck([...healthy, ...short]),
    ];
    const first = tell({ chapter: 'What hinders the jobs', checks, realJobs, recordedJobs: 0 });
    const runs = await Promise.all(short.map(({ id }) => store.runs.ofOwner(id, 1)));
    const durations = runs.flat().map(({ queuedMs, endedMs, times }) => endedMs - queuedMs - (times?.queue ?? 0));
    const medianMs = durations.toSorted((left, right) => left - right)[Math.floor(durations.length / 2)] ?? 0;
    const trial = { api, stores, store, looks, places, say };
    const { endedAt, ...good } = await goodTrial(trial, medianMs);
    const second = tell({ chapter: 'A good change of limits', ...good });
    const { endedAt: _, ...bad } = await badTrial(trial, endedAt);
    const third = tell({ chapter: 'A bad change of limits', ...bad });
    const chapters = [first, second, third];
    const ok = chapters.every(({ checks }) => checks.every((check) => check.ok));
    if (isJson) process.stdout.write(`${JSON.stringify({ ok, chapters }, null, 2)}\n`);
    return ok;
  } finally {
    await looks.close();
    await stores.close();
  }
}

async function makeRealJobs(api: ReturnType<typeof createApi>) {
  const situations = situationsAt(places);
  const shortJob = shortJobsAt(places);
  await Promise.all([...situations, shortJob].map((parts) => save(api, parts, places)));
  say('Real jobs of all kinds; those with the slow model take a minute …');
  const of = (isWanted: (situation: Situation) => boolean) =>
    Promise.all(situations.filter(isWanted).map((situation) => runSituation(api, situation)));
  const slow = of(({ cause }) => cause === 'slow');
  slow.catch(() => undefined);
  const hindered = await of(({ cause }) => cause !== null && cause !== 'slow');
  // After the rush: what is healthy must not wait.
  const healthy = await runOneByOne(
    api,
    situations.filter(({ cause }) => cause === null),
    toolRequests,
  );
  say(`${shortJobs} short real jobs …`);
  const short = await runShortJobs(api, shortJob.slug, shortJobs);
  const made = [...hindered.flat(), ...(await slow).flat(), ...healthy, ...short];
  return { realJobs: made.length, short, healthy };
}
