// A machine for the set-up's tests: folders in a temporary place, commands and downloads with given answers.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHash } from '../../scripts/toolchain/packages/packages.mjs';
import type { CommandResult } from '../../scripts/toolchain/run-command.mjs';
import type { Surroundings } from '../../scripts/toolchain/surroundings.mjs';

export type FakeCommand = (command: string, commandArguments: string[]) => Partial<CommandResult> | undefined;

export interface FakeMachine {
  surroundings: Surroundings;
  reported: string[];
  /** Each command that was run, as one line. */
  commands: string[];
  /** What the distribution was asked to install. */
  installed: string[];
  /** Whose archives it was asked for. */
  downloaded: string[];
}

export function fakeMachine(command: FakeCommand = () => undefined, changes: Partial<Surroundings> = {}): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'lodestone-setup-'));
  const reported: string[] = [];
  const commands: string[] = [];
  const installed: string[] = [];
  const downloaded: string[] = [];
  const surroundings: Surroundings = {
    root,
    stateFolder: join(root, '.lodestone'),
    cacheFolder: join(root, '.lodestone', 'cache'),
    home: join(root, 'home'),
    fontFolders: [join(root, 'fonts')],
    environment: { PATH: join(root, 'bin') },
    platform: 'linux',
    architecture: 'x64',
    isRoot: false,
    run: (name, commandArguments) => {
      commands.push([name, ...commandArguments].join(' '));
      return Promise.resolve({ ok: true, output: '', errors: '', ...command(name, commandArguments) });
    },
    fetch: () => Promise.reject(new Error('no network in this test')),
    report: (line) => reported.push(line),
    distribution: {
      install: (names) => {
        installed.push(...names);
        return Promise.resolve('not root');
      },
      download: (name) => {
        downloaded.push(name);
        return Promise.resolve('no apt-get on this machine');
      },
      unpack: () => Promise.resolve('no package source can be reached'),
    },
    packagesReady: Promise.resolve(true),
    ...changes,
  };
  return { surroundings, reported, commands, installed, downloaded };
}

/** Puts a program on the fake machine's PATH (or elsewhere below its root). */
export function placeProgram(root: string, path: string, text = '#!/bin/sh\n'): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const SMALL_PACKAGES = { 'node_modules/a': { version: '1.0.0', integrity: 'x' } };
export const SMALL_LOCK = JSON.stringify({ packages: { '': {}, ...SMALL_PACKAGES } });
/** What npm notes in node_modules about it: the same without the project itself. */
export const SMALL_INSTALLED_LOCK = JSON.stringify({ packages: SMALL_PACKAGES });

/** A project whose packages are as the lock file says. */
export function placePackages(root: string): void {
  placeProgram(root, 'node_modules/.bin/node');
  writeFileSync(join(root, 'package-lock.json'), SMALL_LOCK);
  writeFileSync(join(root, 'node_modules/.package-lock.json'), SMALL_INSTALLED_LOCK);
  writeFileSync(join(root, 'node_modules/.lodestone-lock-hash'), lockHash(SMALL_LOCK));
}
