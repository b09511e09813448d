/** What an experiment is asked for. */
import { z } from 'zod';
import { gpuUses } from './experiment.ts';
import { experimentLimitProblems, experimentLimits } from './limits.ts';
import { VideoSourceSchema } from './video.ts';

export const defaultPsnrDb = 30;

const LimitsSchema = z
  .strictObject({
    encodeSeconds: z.number().min(0.5).max(3600).optional().describe('60 when left out'),
    decodeSeconds: z.number().min(0.5).max(3600).optional().describe('60 when left out'),
    totalSeconds: z.number().min(1).max(86_400).optional().describe('of the whole; 3600 when left out'),
    waitSeconds: z.number().min(1).max(604_800).optional().describe('for a worker; 86400 when left out'),
    memoryBytes: z
      .int()
      .min(512 * 2 ** 20)
      .max(16 * 2 ** 30)
      .optional()
      .describe('of the code under test and of Python with its packages, which take 300 MB; 1 GiB when left out'),
  })
  .superRefine((choices, context) => {
    for (const message of experimentLimitProblems(experimentLimits(choices))) {
      context.addIssue({ code: 'custom', message });
    }
  });

export const ExperimentSpecSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional().describe('for people'),
    video: VideoSourceSchema,
    code: z
      .string()
      .min(1)
      .max(200_000)
      .optional()
      .describe('Python that defines encode(frames, info) and decode(data, info)'),
    goal: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .optional()
      .describe('what a model shall write; with `code` it improves that from round 2 on, so `rounds` is at least 2'),
    rounds: z
      .int()
      .min(1)
      .max(50)
      .default(1)
      .describe(
        'the most; a model writes the code of each, with `code` of all but the first. More than 1 needs a goal',
      ),
    psnrDb: z
      .number()
      .min(1)
      .max(200)
      .default(defaultPsnrDb)
      .describe('the quality from which on the smaller video is the better one'),
    ratio: z
      .number()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('no further round is made once a round reaches this compression ratio and the quality'),
    model: z.string().min(1).max(100).optional().describe('writes the code; the setting LODESTONE_MODEL when left out'),
    budget: z
      .strictObject({ usd: z.number().positive().max(10_000).optional() })
      .optional()
      .describe('no further round is begun once it is spent'),
    gpu: z
      .enum(gpuUses)
      .default('none')
      .describe('wait: encode and decode wait for a worker with a GPU; fail: without one, the experiment fails'),
    limits: LimitsSchema.optional(),
  })
  .refine(({ code, goal }) => (code ?? goal) !== undefined, { error: 'give code, a goal, or both', path: ['code'] })
  .refine(({ goal, rounds }) => goal !== undefined || rounds === 1, {
    error: 'more than one round needs a goal: without one the code would stay the same',
    path: ['rounds'],
  });
export type ExperimentSpec = z.infer<typeof ExperimentSpecSchema>;

/** What is asked anew: also refused where the goal would be of no use. */
export const NewExperimentSpecSchema = ExperimentSpecSchema.refine(
  ({ code, goal, rounds }) => code === undefined || goal === undefined || rounds > 1,
  {
    error:
      'with code and a goal, the first round runs the code and a model improves it from the second on: ask for 2 or more',
    path: ['rounds'],
  },
);
