import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { extract, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../store/backup/archive.ts';
import { restoreBackup } from '../../../store/backup/restore.ts';
import { writeBackup } from '../../../store/backup/write-backup.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { openTemporary, temporaryFolder, type TestStore } from '../../support/temporary-store.ts';

const now = new Date('2026-05-04T03:02:01.000Z');

function openedStore(dataFolder: string): Promise<TestStore> {
  return openTemporary({ dataFolder });
}

/** A store with two files of a job and a batch, and a folder for backups beside its data. */
async function world() {
  const folder = await temporaryFolder();
  const dataFolder = join(folder, 'data');
  const store = await openedStore(dataFolder);
  const file = { jobId: 'j', stepId: null, mediaType: 'text/plain', deliverable: true };
  const small = await store.artifacts.put({ ...file, name: 'small.txt', content: Buffer.from('small') });
  const large = await store.artifacts.put({ ...file, name: 'large.bin', content: Buffer.alloc(3_000_000, 'large') });
  await store.artifacts.put({ ...file, name: 'empty.txt', content: Buffer.alloc(0) });
  await runningBatch(store, 'b', 3);
  const target = join(folder, 'of-today.tar');
  const request = { dataFolder, file: target, ownTemporal: true, release: '0.1.0', now, progress: () => undefined };
  const elsewhere = join(folder, 'elsewhere');
  return {
    store,
    folder,
    dataFolder,
    target,
    small,
    large,
    pathOf: (sha256: string) => join(dataFolder, 'artifacts', sha256.slice(0, 2), sha256),
    back: () => writeBackup(request),
    restore: (into = elsewhere) => restoreBackup({ file: target, dataFolder: into, progress: () => undefined }),
    elsewhere,
  };
}

/** Writes a tar anew with some of its entries changed, or left out. */
async function rewritten(file: string, change: (name: string, content: Buffer) => Buffer | null): Promise<void> {
  const from = extract();
  const to = pack();
  const reading = pipeline(createReadStream(file), from);
  const writing = pipeline(to, createWriteStream(`${file}.new`));
  for await (const entry of from) {
    const content = change(entry.header.name, await buffer(bytesOf(entry)));
    if (content !== null) to.entry({ name: entry.header.name, size: content.byteLength }, content);
  }
  to.finalize();
  await Promise.all([reading, writing]);
  await copyFile(`${file}.new`, file);
}

describe('a backup', () => {
  it('restores rows and files into an empty folder', async () => {
    const { back, restore, elsewhere, small, large } = await world();
    const manifest = await back();
    expect(manifest.contents).toMatchObject({ count: 3, bytes: 3_000_005 });
    const { header } = await restore();
    expect(header).toMatchObject({ release: '0.1.0', madeAt: now.toISOString() });
    expect((await readdir(elsewhere)).toSorted()).toEqual(['artifacts', 'lodestone.db']);
    const restored = await openedStore(elsewhere);
    expect(await restored.artifacts.find('j', 'small.txt')).toMatchObject({ sha256: small.sha256 });
    expect((await restored.artifacts.getContent(small.sha256)).toString()).toBe('small');
    expect((await restored.artifacts.getContent(large.sha256)).byteLength).toBe(3_000_000);
    expect(await restored.batches.find('b')).toMatchObject({ itemCount: 3 });
  });

  it('is of one moment, while others write without a pause', async () => {
    const { store, back, restore, elsewhere } = await world();
    const stop = new AbortController();
    let written = 0;
    const writer = async (): Promise<void> => {
      for (; !stop.signal.aborted; written += 1) {
        await store.events.append({ jobId: 'j', type: 'test.event', message: `${written}` });
        // SQLite answers at once: without this the test's own timers would never come.
        await nextTurn();
      }
    };
    const running = writer();
    await expect.poll(() => written).toBeGreaterThan(20);
    await back();
    stop.abort();
    await running;
    await restore();
    const restored = await openedStore(elsewhere);
    const events = await restored.events.after('j', 0, 100_000);
    expect(events.length).toBeLessThan(written);
    expect(events.map(({ message }) => message)).toEqual(events.map((_, index) => `${index}`));
  });

  it('has Temporal’s database when it is in the folder, and not when the server is another', async () => {
    const { dataFolder, folder, back, restore, elsewhere, target } = await world();
    const temporal = new DatabaseSync(join(dataFolder, 'temporal.db'));
    temporal.exec("pragma journal_mode = wal; create table t (a); insert into t values ('from the log')");
    await back();
    temporal.close();
    await restore();
    const restored = new DatabaseSync(join(elsewhere, 'temporal.db'));
    expect(restored.prepare('select a from t').get()).toEqual({ a: 'from the log' });
    restored.close();
    const other = { dataFolder, file: join(folder, 'other.tar'), ownTemporal: false, release: '1', now };
    const { databases } = await writeBackup({ ...other, progress: () => undefined });
    expect(databases.map(({ name }) => name)).toEqual(['lodestone.db']);
    expect((await stat(target)).mode & 0o777).toBe(0o600);
  });

  it('overwrites nothing, and leaves nothing beside itself', async () => {
    const { back, target, folder } = await world();
    await writeFile(target, 'precious');
    await expect(back()).rejects.toThrow('exists already');
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect((await readdir(folder)).toSorted()).toEqual(['data', 'of-today.tar']);
  });

  it('reports files that are missing or damaged, and holds all others', async () => {
    const { back, restore, elsewhere, small, large, pathOf } = await world();
    await rm(pathOf(small.sha256));
    await truncate(pathOf(large.sha256), 1_000_000);
    const { contents, missing, damaged } = await back();
    expect([contents.count, missing, damaged]).toEqual([1, [small.sha256], [large.sha256]]);
    await restore();
    const restored = await openedStore(elsewhere);
    expect(await restored.artifacts.headContent(large.sha256)).toBeNull();
  });

  it('holds an empty file that is whole, although a damaged one has become as empty', async () => {
    const { back, restore, elsewhere, small, pathOf } = await world();
    await truncate(pathOf(small.sha256), 0);
    expect(await back()).toMatchObject({ missing: [], damaged: [small.sha256] });
    await restore();
    const restored = await openedStore(elsewhere);
    expect(await restored.artifacts.headContent(small.sha256)).toBeNull();
    const empty = createHash('sha256').digest('hex');
    expect(await restored.artifacts.headContent(empty)).toMatchObject({ bytes: 0 });
  });

  it('is refused where there is no installation', async () => {
    const folder = await temporaryFolder();
    const request = { dataFolder: join(folder, 'none'), file: join(folder, 'x.tar'), ownTemporal: true, release: '1' };
    await expect(writeBackup({ ...request, now, progress: () => undefined })).rejects.toThrow('There is no Lodestone');
  });
});

describe('a restore', () => {
  /** Why it was refused, and what was left in the folder. */
  async function refusal({ restore, elsewhere }: Awaited<ReturnType<typeof world>>) {
    const why = await restore().then(
      () => 'it was restored',
      (error: unknown) => String(error),
    );
    return { why, left: await readdir(elsewhere) };
  }

  it('is refused into a folder that holds something, and while an installation runs there', async () => {
    const { back, restore, dataFolder, elsewhere } = await world();
    await back();
    await expect(restore(dataFolder)).rejects.toThrow(/is not empty/);
    await mkdir(elsewhere);
    const lock = JSON.stringify({ pid: process.ppid, apiUrl: 'http://127.0.0.1:8700' });
    await writeFile(join(elsewhere, 'running.json'), lock);
    await expect(restore()).rejects.toThrow(/Lodestone runs already in .*http:\/\/127\.0\.0\.1:8700/);
    await expect(restore(join(elsewhere, 'empty'))).resolves.toBeDefined();
  });

  it('is refused when the file is cut off', async () => {
    const made = await world();
    await made.back();
    await truncate(made.target, (await stat(made.target)).size / 2);
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('cannot be read as a backup'), left: [] });
  });

  it('is refused when the end is missing', async () => {
    const made = await world();
    await made.back();
    await rewritten(made.target, (name, content) => (name === 'manifest.json' ? null : content));
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('cut off'), left: [] });
  });

  it.each(['contents/', 'lodestone.db'])('is refused when %s was changed', async (prefix) => {
    const made = await world();
    await made.back();
    await rewritten(made.target, (name, content) =>
      name.startsWith(prefix) && content.byteLength > 0 ? Buffer.concat([content, Buffer.from('!')]) : content,
    );
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('was changed or damaged'), left: [] });
  });

  it('is refused when an empty file was changed', async () => {
    const made = await world();
    await made.back();
    await rewritten(made.target, (name, content) =>
      name.startsWith('contents/') && content.byteLength === 0 ? Buffer.from('!') : content,
    );
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('was changed or damaged'), left: [] });
  });

  it('is refused when a file of the list was left out', async () => {
    const made = await world();
    await made.back();
    await rewritten(made.target, (name, content) => (name === `contents/${made.small.sha256}` ? null : content));
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('was changed or damaged'), left: [] });
  });

  it.each([
    ['migration', '9999-of-the-future'],
    ['format', 2],
  ])('is refused when the backup is of a newer release, by its %s', async (key, value) => {
    const made = await world();
    await made.back();
    await rewritten(made.target, (name, content) =>
      name === 'backup.json'
        ? Buffer.from(JSON.stringify({ ...JSON.parse(content.toString()), [key]: value }))
        : content,
    );
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('newer release'), left: [] });
  });

  it('is refused for what is no backup', async () => {
    const made = await world();
    await writeFile(made.target, Buffer.alloc(10_000, 'no tar'));
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('cannot be read as a backup'), left: [] });
    await rm(made.target);
    await back(made.target);
    expect(await refusal(made)).toEqual({ why: expect.stringContaining('It is no backup of Lodestone'), left: [] });
  });
});

/** A tar of something else. */
async function back(file: string): Promise<void> {
  const other = pack();
  other.entry({ name: '../../escape.txt' }, 'escape');
  other.finalize();
  await pipeline(other, createWriteStream(file));
}
