import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDistributionPackages } from '../../../../scripts/toolchain/packages/distribution-packages.mjs';
import { examine } from '../../../../scripts/toolchain/examination.mjs';
import { firstThatHasIt } from '../../../../scripts/toolchain/packages/first-source.mjs';
import { fontSet } from '../../../../scripts/toolchain/fonts/font-set.mjs';
import { setUp } from '../../../../scripts/toolchain/set-up.mjs';
import { readRecord, recordFile } from '../../../../scripts/toolchain/tools/tool-record.mjs';
import { WRITING_SYSTEMS } from '../../../../scripts/toolchain/fonts/writing-systems.mjs';
import { fakeMachine, placePackages, placeProgram } from '../../surroundings-fake.ts';

const notoFiles = [
  'NotoSansCJK-Regular.ttc',
  'NotoColorEmoji.ttf',
  'NotoSansArabic-Regular.ttf',
  'NotoSansHebrew-Regular.ttf',
  'NotoSansDevanagari-Regular.ttf',
  'NotoSansThai-Regular.ttf',
];

function placeFonts(folder: string, files = notoFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), 'font');
}

/** A machine with apt and without root: the Noto fonts are downloaded. */
function machineWithApt() {
  const machine = fakeMachine((command, [, , folder = '']) => {
    if (command === 'dpkg') placeFonts(join(folder, 'usr', 'share', 'fonts'));
    return undefined;
  });
  const { surroundings } = machine;
  for (const program of ['apt-get', 'dpkg']) placeProgram(surroundings.root, `bin/${program}`);
  const { run } = surroundings;
  surroundings.run = (command, commandArguments, options) => {
    if (command === 'apt-get' && commandArguments.includes('download')) {
      writeFileSync(join(options?.cwd ?? '', 'fonts.deb'), 'package');
    }
    return run(command, commandArguments, options);
  };
  surroundings.distribution = createDistributionPackages(surroundings);
  return machine;
}

describe('the font set', () => {
  it('is there when fontconfig has a font for a letter of every writing system', async () => {
    const { surroundings, commands } = fakeMachine(() => ({ output: '/usr/share/fonts/a.ttf: \n' }));
    placeProgram(surroundings.root, 'bin/fc-list');
    const result = await firstThatHasIt(fontSet.sources(surroundings), { localOnly: true });
    expect(result).toMatchObject({ found: { path: '/usr/share/fonts/a.ttf', source: 'fonts of this machine' } });
    expect(commands).toHaveLength(WRITING_SYSTEMS.length);
  });

  it('names the writing systems that it has no font for, to the doctor too', async () => {
    const { surroundings } = fakeMachine((_command, [letter]) => ({
      output: letter === ':charset=1f9e1' || letter === ':charset=e17' ? '' : '/usr/share/fonts/a.ttf:\n',
    }));
    placeProgram(surroundings.root, 'bin/fc-list');
    const { findings } = await examine(surroundings, [fontSet]);
    expect(findings['fonts']).toMatchObject({ required: false });
    expect(findings['fonts']?.missing).toContain('the machine: no font for emoji, Thai');
    expect(findings['fonts']?.missing).toContain('fonts-noto-cjk, fonts-noto-color-emoji, fonts-noto-core');
  });

  it('is recognised by the names of its files where fontconfig has no program', async () => {
    const { surroundings } = fakeMachine();
    const folder = surroundings.fontFolders[0] ?? '';
    placeFonts(folder, notoFiles.slice(1));
    expect(await firstThatHasIt(fontSet.sources(surroundings), { localOnly: true })).toEqual({
      reasons: ['the machine: no font for Japanese, Chinese, Korean'],
    });
    placeFonts(folder);
    expect(await firstThatHasIt(fontSet.sources(surroundings), { localOnly: true })).toHaveProperty('found');
  });

  it('is unpacked into the cache by who is not root, with a configuration for Chromium', async () => {
    const { surroundings, reported, commands } = machineWithApt();
    const result = await firstThatHasIt(fontSet.sources(surroundings), { localOnly: false });
    const path = join(surroundings.cacheFolder, 'fonts', '1-linux-x64', 'fonts.conf');
    expect(result).toMatchObject({ found: { path, source: "the distribution's packages, unpacked" } });
    expect(reported.join('\n')).toMatch(/79 MB to download, 145 MB on disk.*--minimal leaves them out/);
    expect(commands.filter((command) => command.includes('install'))).toEqual([]);
    const again = await firstThatHasIt(fontSet.sources(surroundings), { localOnly: true });
    expect(again).toMatchObject({ found: { path } });
  });

  it('that cannot be had is reported with every reason, and the set-up goes on', async () => {
    const { surroundings, reported } = fakeMachine();
    placePackages(surroundings.root);
    expect(await setUp(surroundings, { ifNeeded: false, skip: [] }, [fontSet])).toBe(true);
    expect(reported.at(-1)).toMatch(
      /^Font set is missing \(for Japanese.*empty boxes\): .*Tried: .*no package source can be reached\.$/,
    );
  });

  it('is left out by --minimal, and no later command gets it until a set-up is asked for', async () => {
    const { surroundings, reported } = machineWithApt();
    placePackages(surroundings.root);
    await setUp(surroundings, { ifNeeded: false, skip: [], minimal: true }, [fontSet]);
    await setUp(surroundings, { ifNeeded: true, skip: [] }, [fontSet]);
    expect(readRecord(recordFile(surroundings))['fonts']).toMatchObject({ leftOut: true });
    expect(reported.at(-1)).toContain('"npm run setup" without --minimal gets it');
    await setUp(surroundings, { ifNeeded: false, skip: [] }, [fontSet]);
    expect(readRecord(recordFile(surroundings))['fonts']).toHaveProperty('path');
  });
});
