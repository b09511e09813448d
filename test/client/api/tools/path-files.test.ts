import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readBelow } from '../../../../client/api/tools/path-files.ts';
import { temporaryFolder } from '../../../support/temporary-store.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof files>();
  return { ...actual, stat: vi.fn<typeof files.stat>(actual.stat), open: vi.fn<typeof files.open>(actual.open) };
});

it.runIf(process.platform === 'linux')(
  'T15: a file by path is refused when its folder was a link elsewhere while the file was opened',
  async () => {
    const folder = await temporaryFolder();
    const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
    const inner = join(root, 'inner');
    for (const [place, text] of [
      [inner, 'allowed'],
      [outside, 'secret!'],
    ] as const) {
      await files.mkdir(place, { recursive: true });
      await files.writeFile(join(place, 'a.txt'), text);
    }
    const path = join(inner, 'a.txt');
    await expect(readBelow([root], path, 100)).resolves.toEqual(Buffer.from('allowed'));
    const { stat, open } = await vi.importActual<typeof files>('node:fs/promises');
    vi.mocked(files.stat).mockImplementationOnce(async (target) => {
      await files.rename(inner, `${inner}.kept`);
      await files.symlink(outside, inner);
      return stat(target);
    });
    vi.mocked(files.open).mockImplementationOnce(async (...parts) => {
      const file = await open(...parts);
      await files.unlink(inner);
      await files.rename(`${inner}.kept`, inner);
      return file;
    });
    await expect(readBelow([root], path, 100)).rejects.toThrow('was replaced while it was read');
    await expect(readBelow([root], path, 100)).resolves.toEqual(Buffer.from('allowed'));
  },
);
