/** Experiments as a worker runs them: the workflow on the dev server, the phases in the real sandbox, the records in a real store. */
import { expect, it } from 'vitest';
import { createExperimentRecords } from '../../../activities/experiments/records.ts';
import { createExperimentPhases } from '../../../activities/experiments/sandbox-phases.ts';
import {
  experimentType,
  experimentWorkflowId,
  type ExperimentInput,
} from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { defaultTenant, taskQueue } from '../../../workflows/contract/names.ts';
import { codecs, testRun } from '../../support/experiments/phases.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');
const prefix = 'whole';
const video = { kind: 'generated', pattern: 'text', width: 64, height: 48, frames: 4, framesPerSecond: 8, seed: 7 };
const rawBytes = 64 * 48 * 3 * 4;

const codes = {
  good: codecs.lossless,
  /** Says that it is perfect, keeps the frames on the disk for later, and gives one byte. */
  lying: `
import numpy
def encode(frames, info):
    print('{"psnrDb": 99, "ssim": 1, "isLossless": true}')
    for folder in ("/tmp", "/scratch", "."):
        try:
            numpy.save(folder + "/kept.npy", frames)
        except OSError:
            pass
    return b"x"
def decode(encoded, info):
    print('{"psnrDb": 99, "ssim": 1, "isLossless": true}')
    for folder in ("/tmp", "/scratch", "."):
        try:
            return numpy.load(folder + "/kept.npy")
        except OSError:
            pass
    return numpy.zeros((info["frames"], info["height"], info["width"], 3), numpy.uint8)
`,
  undecodable: 'def encode(frames, info): return b"x"\n\ndef decode(encoded, info):\n    return frames',
  endless: 'def encode(frames, info):\n    while True: pass\ndef decode(encoded, info): pass',
};

it('C07–C09, C12: each codec ends as it deserves, with figures that are measured', { timeout: 120_000 }, async () => {
  const store = await temporaryStore();
  // Only what hangs has a short limit: a busy machine makes nothing else late.
  const limitsOf = (id: string) => ({ ...experimentLimits(id === 'endless' ? { encodeSeconds: 2 } : {}), attempts: 1 });
  for (const [id, code] of Object.entries(codes)) {
    const spec = ExperimentSpecSchema.parse({ video, code });
    await store.experiments.accept({ id, spec, specHash: id, limits: limitsOf(id), now: new Date() });
  }
  const phases = createExperimentPhases({ store, runCode: testRun.runCode, freeBytes: async () => 2 ** 40 });
  const activities = {
    ...phases,
    ...createExperimentRecords(store),
    writeCode: () => Promise.reject(new Error('no model')),
    hasGpuWorker: async () => false,
  };
  const run = async (experimentId: string): Promise<unknown> => {
    const input: ExperimentInput = {
      experimentId,
      tenant: defaultTenant,
      limits: limitsOf(experimentId),
      rounds: 1,
      writes: 'none',
      gpu: 'none',
      aiQueue: 'llm',
    };
    return server.environment.client.workflow.execute(experimentType, {
      workflowId: experimentWorkflowId(defaultTenant, experimentId),
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [input],
    });
  };
  const ends = await server.withWorkers(prefix, activities, () => Promise.all(Object.keys(codes).map(run)), [
    'jobs',
    'sandbox',
  ]);
  expect(ends).toEqual(['completed', 'completed', 'partial', 'timed_out'].map((state) => ({ state })));

  const { experimentViews: views } = store;
  const good = await views.find('good');
  expect(good).toMatchObject({ failure: null, video: { width: 64, frames: 4 } });
  const metrics = good?.best?.metrics;
  expect(metrics).toMatchObject({ psnrDb: null, isLossless: true, ssim: 1 });
  expect(metrics?.compressionRatio).toBe(rawBytes / (metrics?.encodedBytes ?? 0));
  const names = good?.roundsMade[0]?.files.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['code.py', 'encoded.bin', 'frame-0000.decoded.png', 'metrics.json']));

  const lying = (await views.find('lying'))?.best?.metrics;
  expect(lying).toMatchObject({ encodedBytes: 1, isLossless: false });
  expect(lying?.psnrDb).toBeLessThan(15);
  expect(lying?.ssim).toBeLessThan(0.5);

  expect(await views.find('undecodable')).toMatchObject({
    failure: { phase: 'decode', type: 'error', line: 4, message: expect.stringContaining('frames') },
    roundsMade: [{ state: 'partial', encodedBytes: 1 }],
  });
  expect(await views.find('endless')).toMatchObject({ failure: { phase: 'encode', type: 'time_limit' }, best: null });
});
