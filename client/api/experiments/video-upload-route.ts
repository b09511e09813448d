/** Takes in the video of an experiment: streamed to the store, and parsed by nobody but a sandbox, later. */
import { Readable } from 'node:stream';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { ProblemError } from '../http/problem.ts';
import { BrokenUpload, unbroken } from '../rows/read-rows.ts';

const path = '/v1/experiments/videos';
const { uploadBytes } = videoLimits;

const UploadSchema = z
  .object({
    sha256: z.string().describe('`video.sha256` of an experiment'),
    bytes: z.int(),
    format: z.enum(['y4m', 'frames']),
  })
  .meta({ id: 'VideoUpload' });

const uploadRoute = createRoute({
  method: 'post',
  path,
  tags: ['Experiments'],
  summary:
    'Upload a video for experiments: a Y4M file, or a tar file of PNG or JPEG frames in the order of their names',
  description:
    'The same content again is the same upload. It is read when an experiment begins, which tells what is wrong with it.',
  request: {
    query: z.object({ format: z.enum(['y4m', 'frames']) }),
    body: { required: true, content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
  },
  responses: {
    200: json('Stored', UploadSchema),
    ...changeRefusals,
    400: problem('No format is given, the body is empty, or the upload broke off'),
    413: problem('Above 64 MiB'),
  },
});

/** Whether a path is the upload of a video, whose body is read as a stream and has its own limit. */
export function isVideoUpload(requested: string): boolean {
  return requested === path;
}

export function addVideoUploadRoute(app: OpenAPIHono, { store, now }: ApiDependencies): void {
  app.openapi(uploadRoute, async (context) => {
    const { format } = context.req.valid('query');
    if (Number(context.req.header('content-length')) > uploadBytes) throw tooLarge();
    try {
      const stored = await store.artifacts.putContent(limited(context.req.raw.body ?? Readable.from([])));
      await store.videoUploads.put({ ...stored, format }, now());
      return context.json({ ...stored, format }, 200);
    } catch (error) {
      if (error instanceof BrokenUpload) throw new ProblemError('invalid-request', error.message);
      throw error;
    }
  });
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of unbroken(body)) {
    bytes += part.length;
    if (bytes > uploadBytes) throw tooLarge();
    yield part;
  }
  if (bytes === 0) throw new ProblemError('invalid-request', 'the body is empty');
}

function tooLarge(): ProblemError {
  return new ProblemError('too-large', `a video may have at most ${uploadBytes} bytes`);
}
