import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keptArtifacts, takeDownloads } from '../../../../activities/computer-use/files/downloads.ts';
import type { KeptDownload } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { downloadLimits } from '../../../../workflows/contract/lead-magnets/step-files.ts';
import { job } from '../../../support/jobs/activity-inputs.ts';
import { noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { FakeComputer } from '../../../support/computer-use/fake-computer.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

const pdf = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n');
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);

async function quarantine(files: Readonly<Record<string, Uint8Array>>) {
  const { artifacts } = await temporaryStore();
  const computer = new FakeComputer();
  for (const [name, content] of Object.entries(files)) computer.downloaded.set(`id-${name}`, { name, content });
  const { downloads } = computer;
  const place = { downloads, artifacts, jobId: job.id, stepId: 'visit', waitMilliseconds: 0, signal: noSignal };
  const take = (known: readonly KeptDownload[] = []) => takeDownloads({ ...place, known });
  return { artifacts, computer, take };
}

describe('what pages downloaded', () => {
  it('is kept as artifacts of the step, with its hash and the type of its content, and the model gets a note', async () => {
    const { artifacts, take } = await quarantine({
      'report.txt': pdf,
      'a.pdf': png,
      'page.html': Buffer.from('<b>hi'),
    });
    const { kept, notes, drop } = await take();
    expect(notes).toEqual([
      `The download report.txt (PDF, ${pdf.length} bytes) was kept.`,
      `The download a.pdf (PNG, ${png.length} bytes) was kept.`,
      'The download page.html (text, 5 bytes) was kept.',
    ]);
    expect(drop).toEqual(['id-report.txt', 'id-a.pdf', 'id-page.html']);
    expect(await keptArtifacts(artifacts, job.id, kept)).toMatchObject([
      {
        name: 'visit.download-0001.report.txt',
        mediaType: 'application/pdf',
        sha256: createHash('sha256').update(pdf).digest('hex'),
      },
      { name: 'visit.download-0002.a.pdf', mediaType: 'image/png' },
      { name: 'visit.download-0003.page.html', mediaType: 'text/plain' },
    ]);
  });

  it('A05: is the same artifact when the attempt died before it was in the checkpoint', async () => {
    const { artifacts, take } = await quarantine({ 'report.pdf': pdf });
    const first = await take();
    expect(await take()).toEqual(first);
    expect(await artifacts.ofStep(job.id, 'visit', 'visit.download-')).toHaveLength(1);
  });

  it('A05: is not kept again when the attempt died before it was dropped, but dropped', async () => {
    const { take } = await quarantine({ 'report.pdf': pdf });
    const { kept } = await take();
    expect(await take(kept)).toEqual({ kept: [], notes: [], drop: ['id-report.pdf'] });
  });

  it('is bounded in number and size over all browsers of the step', async () => {
    const { take } = await quarantine({ 'one.pdf': pdf });
    const known = (count: number, bytes: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: `${index}`, bytes }));
    expect((await take(known(downloadLimits.files, 1))).notes).toEqual([
      'The download one.pdf was not kept: a step keeps 20 downloads at most.',
    ]);
    expect((await take(known(4, downloadLimits.fileBytes))).notes).toEqual([
      'The download one.pdf was not kept: all downloads together are larger than 100 MiB.',
    ]);
  });

  it('is listed as under way while it is', async () => {
    const { computer, take } = await quarantine({});
    computer.downloading = [{ id: '1', name: 'big.zip', bytes: 12_300_000 }];
    expect((await take()).notes).toEqual(['The download big.zip is still under way, with 12.3 MB so far.']);
  });
});
