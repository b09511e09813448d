import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../scripts/toolchain/packages/first-source.mjs';
import { setUp } from '../../../scripts/toolchain/set-up.mjs';
import {
  basisOf,
  judgeEntry,
  presentEntry,
  readRecord,
  recordFile,
} from '../../../scripts/toolchain/tools/tool-record.mjs';
import type { Tool } from '../../../scripts/toolchain/tools/tools.mjs';
import { fakeMachine, placePackages, placeProgram } from '../surroundings-fake.ts';

const HOUR = 60 * 60_000;
const IF_NEEDED = { ifNeeded: true, skip: [] };

interface FakeTool extends Tool {
  asked: string[];
}

function fakeTool(
  key: Tool['key'],
  local: () => Answer,
  remote: () => Answer = () => ({ declined: 'no network' }),
): FakeTool {
  const asked: string[] = [];
  const ask = (name: string, answer: () => Answer) => () => {
    asked.push(name);
    return Promise.resolve(answer());
  };
  return {
    asked,
    key,
    name: key.toLowerCase(),
    title: key,
    setting: 'LODESTONE_FAKE',
    pinned: '1',
    required: () => true,
    use: 'tests',
    wayToGetIt: 'install it',
    sources: () => [
      { name: 'PATH', reach: 'local', ask: ask('PATH', local) },
      { name: 'download', reach: 'remote', ask: ask('download', remote) },
    ],
  };
}

const foundAt = (path: string) => (): Answer => ({ found: { path, version: '1', source: 'test' } });
const declined = (): Answer => ({ declined: '' });

describe('the record', () => {
  const { surroundings } = fakeMachine();
  const path = placeProgram(surroundings.root, 'bin/tool');
  const tool = fakeTool('chromium', foundAt(path));
  const entry = () => presentEntry(tool, { path, version: '1', source: 'test' }, surroundings);

  it('holds while file, settings and pinned version are the same', () => {
    expect(judgeEntry(entry(), tool, surroundings, 0)).toBe('holds');
  });

  it('does not hold when the setting, the pinned version or the cache folder changed', () => {
    const recorded = entry();
    const changedSetting = { ...surroundings, environment: { LODESTONE_FAKE: '/other' } };
    expect(judgeEntry(recorded, tool, changedSetting, 0)).toBe('get');
    expect(judgeEntry(recorded, { ...tool, pinned: '2' }, surroundings, 0)).toBe('get');
    expect(judgeEntry(recorded, tool, { ...surroundings, cacheFolder: '/other' }, 0)).toBe('get');
  });

  it('does not hold when the file was replaced or is gone', () => {
    const recorded = entry();
    writeFileSync(path, 'an upgraded program');
    expect(judgeEntry(recorded, tool, surroundings, 0)).toBe('get');
    rmSync(path);
    expect(judgeEntry(recorded, tool, surroundings, 0)).toBe('get');
  });

  it('does not hold when the program that the tool needs is gone from PATH', () => {
    placeProgram(surroundings.root, 'bin/tool');
    const recorded = presentEntry(tool, { path, version: '1', source: 'test', needsProgram: 'java' }, surroundings);
    expect(judgeEntry(recorded, tool, surroundings, 0)).toBe('get');
    placeProgram(surroundings.root, 'bin/java');
    expect(judgeEntry(recorded, tool, surroundings, 0)).toBe('holds');
  });

  it('of a missing tool leads to a mere look for an hour, and to another download after it', () => {
    const missing = { missing: 'gone', basis: basisOf(tool, surroundings), triedAt: 0 };
    expect(judgeEntry(missing, tool, surroundings, HOUR - 1)).toBe('look');
    expect(judgeEntry(missing, tool, surroundings, HOUR)).toBe('get');
  });

  it('that can not be read is as good as none', () => {
    const machine = fakeMachine();
    const file = recordFile(machine.surroundings);
    mkdirSync(machine.surroundings.stateFolder, { recursive: true });
    writeFileSync(file, '{"half": ');
    expect(readRecord(file)).toEqual({});
  });
});

describe('the set-up', () => {
  it('asks no source a second time when all is there', async () => {
    const { surroundings, reported } = fakeMachine();
    placePackages(surroundings.root);
    const tool = fakeTool('chromium', foundAt(placeProgram(surroundings.root, 'bin/tool')));
    expect(await setUp(surroundings, IF_NEEDED, [tool])).toBe(true);
    expect(await setUp(surroundings, IF_NEEDED, [tool])).toBe(true);
    expect(tool.asked).toEqual(['PATH']);
    expect(reported).toEqual([]);
  });

  it('looks again for a tool whose recorded path has vanished', async () => {
    const { surroundings } = fakeMachine();
    placePackages(surroundings.root);
    const first = placeProgram(surroundings.root, 'bin/tool');
    const second = placeProgram(surroundings.root, 'bin/other');
    const tool = fakeTool('chromium', () => foundAt(existsSync(first) ? first : second)());
    await setUp(surroundings, IF_NEEDED, [tool]);
    rmSync(first);
    await setUp(surroundings, IF_NEEDED, [tool]);
    expect(readRecord(recordFile(surroundings))['chromium']).toMatchObject({ path: second });
  });

  it('names what is missing in one sentence with the way to get it, and blocks nothing else by it', async () => {
    const { surroundings, reported } = fakeMachine();
    placePackages(surroundings.root);
    const missing = fakeTool('bubblewrap', declined);
    const present = fakeTool('chromium', foundAt(placeProgram(surroundings.root, 'bin/tool')));
    expect(await setUp(surroundings, IF_NEEDED, [missing, present])).toBe(true);
    const sentence = 'bubblewrap is missing (for tests): install it. Tried: download: no network.';
    expect(reported).toEqual([sentence]);
    const record = readRecord(recordFile(surroundings));
    expect(record['bubblewrap']).toMatchObject({ missing: sentence });
    expect(record['chromium']).toMatchObject({ source: 'test' });
  });

  it('does not repeat a failed download soon, but sees a tool that was installed meanwhile', async () => {
    const { surroundings } = fakeMachine();
    placePackages(surroundings.root);
    let answer: Answer = { declined: '' };
    const tool = fakeTool('chromium', () => answer);
    await setUp(surroundings, IF_NEEDED, [tool]);
    await setUp(surroundings, IF_NEEDED, [tool]);
    expect(tool.asked).toEqual(['PATH', 'download', 'PATH']);
    answer = foundAt(placeProgram(surroundings.root, 'bin/tool'))();
    await setUp(surroundings, IF_NEEDED, [tool]);
    expect(readRecord(recordFile(surroundings))['chromium']).toMatchObject({ source: 'test' });
  });

  it('tries failed downloads again when it is asked for by itself', async () => {
    const { surroundings } = fakeMachine();
    placePackages(surroundings.root);
    const tool = fakeTool('chromium', declined);
    await setUp(surroundings, IF_NEEDED, [tool]);
    await setUp(surroundings, { ifNeeded: false, skip: [] }, [tool]);
    expect(tool.asked).toEqual(['PATH', 'download', 'PATH', 'download']);
  });

  it('leaves out a tool that the command does not need, and gets it for the one that does', async () => {
    const { surroundings } = fakeMachine();
    placePackages(surroundings.root);
    const program = placeProgram(surroundings.root, 'bin/tool');
    const needed = fakeTool('chromium', foundAt(program));
    const tool = fakeTool('testServer', foundAt(program));
    await setUp(surroundings, { ifNeeded: true, skip: ['testserver'] }, [needed, tool]);
    expect(tool.asked).toEqual([]);
    const skipped = readRecord(recordFile(surroundings))['testServer'];
    expect(skipped).toMatchObject({ missing: expect.stringContaining('npm run setup') });
    await setUp(surroundings, IF_NEEDED, [needed, tool]);
    expect(readRecord(recordFile(surroundings))['testServer']).toMatchObject({ source: 'test' });
    expect(needed.asked).toEqual(['PATH']);
  });

  it('fails when the packages can not be installed, and gets the tools all the same', async () => {
    const { surroundings, reported } = fakeMachine(() => ({ ok: false, errors: 'npm error network unreachable' }));
    writeFileSync(join(surroundings.root, 'package-lock.json'), '{}');
    const tool = fakeTool('chromium', foundAt(placeProgram(surroundings.root, 'bin/tool')));
    expect(await setUp(surroundings, IF_NEEDED, [tool])).toBe(false);
    expect(reported.at(-1)).toContain('npm error network unreachable');
    expect(readRecord(recordFile(surroundings))['chromium']).toMatchObject({ source: 'test' });
  });

  it('installs the packages even where the cache can not be written to, and says so', async () => {
    const { surroundings, reported } = fakeMachine();
    placePackages(surroundings.root);
    const tool = fakeTool('chromium', declined);
    const notAFolder = placeProgram(surroundings.root, 'a-file');
    expect(await setUp({ ...surroundings, cacheFolder: join(notAFolder, 'cache') }, IF_NEEDED, [tool])).toBe(true);
    expect(reported[0]).toContain('The tools could not be set up: Error: ENOTDIR');
  });
});
