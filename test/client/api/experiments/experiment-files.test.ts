import { expect, test } from 'vitest';
import { z } from 'zod';
import { videoLimits } from '../../../../workflows/contract/experiments/video-limits.ts';
import { ExperimentViewSchema } from '../../../../workflows/contract/experiments/view.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const code = 'def encode(frames, info): ...';

const upload = (api: Api, format: string, body: string | ReadableStream): Promise<Response> =>
  api.ask(`/v1/experiments/videos?format=${format}`, { method: 'POST', body, duplex: 'half' });

test('a video is stored as it is sent, and may then be that of an experiment', async () => {
  const api = await testApi();
  const stored = await upload(api, 'y4m', 'YUV4MPEG2');
  expect(stored.status).toBe(200);
  const { sha256 } = z.object({ sha256: z.string() }).parse(await stored.json());
  expect(String(await api.store.artifacts.getContent(sha256))).toBe('YUV4MPEG2');
  const video = { kind: 'stored', format: 'y4m', sha256 };
  expect((await api.post('/v1/experiments', { video, code })).status).toBe(202);
  const frames = { ...video, format: 'frames', framesPerSecond: 24 };
  const refused = await api.post('/v1/experiments', { video: frames, code });
  expect([refused.status, (await problemOf(refused)).problems]).toMatchObject([422, [{ path: 'video.format' }]]);
});

test('C02: bytes uploaded as both formats are both, and a repeat of what was accepted needs no upload any more', async () => {
  const api = await testApi();
  await upload(api, 'y4m', 'YUV4MPEG2');
  const stored = await upload(api, 'frames', 'YUV4MPEG2');
  const { sha256 } = z.object({ sha256: z.string() }).parse(await stored.json());
  const body = { video: { kind: 'stored', format: 'y4m', sha256 }, code };
  const key = { 'idempotency-key': 'mine' };
  const first = await api.post('/v1/experiments', body, key);
  expect(first.status).toBe(202);
  const { id } = ExperimentViewSchema.parse(await first.json());
  await api.store.experiments.cancelUnbegun(id, new Date());
  const { contentSweep } = api.store.acrossTenants;
  const inTwoDays = new Date(Date.now() + 2 * 24 * 3_600_000);
  await contentSweep.expireExperiments({ days: 0, now: inTwoDays, limit: 10 });
  await contentSweep.releaseExperiments(inTwoDays);
  expect(await api.store.videoUploads.formatsOf(sha256)).toEqual([]);
  const again = await api.post('/v1/experiments', body, key);
  expect([again.status, ExperimentViewSchema.parse(await again.json()).id]).toEqual([202, id]);
  expect((await api.post('/v1/experiments', body)).status).toBe(422);
});

test('content that the tenant has not uploaded is no video, though it is stored', async () => {
  const api = await testApi();
  const { sha256 } = await api.store.artifacts.putContent(Buffer.from("another tenant's"));
  const refused = await api.post('/v1/experiments', { video: { kind: 'stored', format: 'y4m', sha256 }, code });
  expect([refused.status, (await problemOf(refused)).problems]).toMatchObject([422, [{ path: 'video.sha256' }]]);
});

test('an empty video, and one above the limit, are refused and not stored', async () => {
  const api = await testApi();
  expect((await upload(api, 'y4m', '')).status).toBe(400);
  const part = new Uint8Array(2 ** 20);
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += part.length;
      controller.enqueue(part);
    },
  });
  expect((await upload(api, 'y4m', endless)).status).toBe(413);
  expect(sent).toBeLessThan(videoLimits.uploadBytes + 3 * 2 ** 20);
});

/** An experiment whose first round has made files. */
async function withFiles() {
  const api = await testApi();
  const { id } = ExperimentViewSchema.parse(
    await (await api.post('/v1/experiments', { video: { kind: 'generated' }, code })).json(),
  );
  const file = async (name: string, mediaType: string, text: string) => ({
    name,
    mediaType,
    ...(await api.store.artifacts.putContent(Buffer.from(text))),
  });
  const metrics = { encodedBytes: 7, bitrateMbps: 1, compressionRatio: 2, psnrDb: 30, isLossless: false, ssim: 0.9 };
  const { tenant } = api.store;
  const made = { state: 'completed', note: null, failure: null, decoded: null } as const;
  await api.store.experiments.endRound(
    {
      experimentId: id,
      tenant,
      round: 1,
      ...made,
      code: await api.store.artifacts.putContent(Buffer.from(code)),
      encoded: { content: await api.store.artifacts.putContent(Buffer.from('encoded')), seconds: 1, peakBytes: 1 },
      score: {
        metrics,
        files: [
          await file('frames.json', 'application/json', '{}'),
          await file('page.html', 'text/html', '<script>alert(1)</script>'),
        ],
      },
    },
    new Date(),
  );
  return { ...api, path: `/v1/experiments/${id}` };
}

test('C13: files of rounds are answered by hash and range, and none runs in a browser', async () => {
  const { ask, path } = await withFiles();
  const whole = await ask(`${path}/rounds/1/files/encoded.bin`);
  expect([whole.status, await whole.text()]).toEqual([200, 'encoded']);
  const part = await ask(`${path}/rounds/1/files/encoded.bin`, { headers: { range: 'bytes=2-4' } });
  expect([part.status, await part.text()]).toEqual([206, 'cod']);
  const etag = whole.headers.get('etag') ?? '';
  expect((await ask(`${path}/rounds/1/files/encoded.bin`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const figures = await ask(`${path}/rounds/1/files/frames.json`);
  expect(figures.headers.get('content-disposition')).toMatch(/^inline/);
  for (const name of ['rounds/1/files/code.py', 'rounds/1/files/encoded.bin', 'rounds/1/files/page.html']) {
    const { headers } = await ask(`${path}/${name}`);
    expect(headers.get('content-disposition'), name).toMatch(/^attachment/);
    expect(headers.get('content-security-policy'), name).toMatch(/sandbox$/);
    expect(headers.get('x-content-type-options'), name).toBe('nosniff');
  }
  expect((await ask(`${path}/rounds/2/files/code.py`)).status).toBe(404);
  expect((await ask(`${path}/rounds/x/files/code.py`)).status).toBe(400);
});
