import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../../scripts/toolchain/packages/npm.mjs';
import {
  ensurePackages,
  judgePackages,
  lockHash,
  packagesState,
} from '../../../../scripts/toolchain/packages/packages.mjs';
import {
  fakeMachine,
  placePackages,
  placeProgram,
  SMALL_INSTALLED_LOCK,
  SMALL_LOCK,
  type FakeCommand,
} from '../../surroundings-fake.ts';

/** npm that makes what the real one makes, as far as the set-up looks at it. */
function npmThatInstalls(root: () => string, answer: FakeCommand = () => undefined): FakeCommand {
  return (command, commandArguments) => {
    if (command.endsWith('/node')) return { output: 'v24.21.0\n' };
    const reported = answer(command, commandArguments);
    if (reported === undefined) {
      placeProgram(root(), 'node_modules/.bin/node');
      writeFileSync(join(root(), 'node_modules/.package-lock.json'), SMALL_INSTALLED_LOCK);
    }
    return reported;
  };
}

describe('the npm packages', () => {
  const facts = {
    lock: SMALL_LOCK,
    recordedHash: lockHash(SMALL_LOCK),
    installedLock: SMALL_INSTALLED_LOCK,
    hasNode: true,
  };

  it('are in step when the noted hash is that of the lock file', () => {
    expect(judgePackages(facts)).toBe('in-step');
  });

  it('are missing without node_modules, and when the pinned Node is not in it', () => {
    expect(judgePackages({ ...facts, installedLock: undefined })).toBe('missing');
    expect(judgePackages({ ...facts, hasNode: false })).toBe('missing');
  });

  it('are not reinstalled after an npm install that brought the same versions', () => {
    expect(judgePackages({ ...facts, recordedHash: undefined })).toBe('in-step-unrecorded');
  });

  it('have changed when the lock file names another version', () => {
    const lock = SMALL_LOCK.replace('1.0.0', '1.0.1');
    expect(judgePackages({ ...facts, lock })).toBe('changed');
  });

  it('are judged, and not stumbled over, when a lock file is torn, in conflict or gone', () => {
    const conflict = SMALL_LOCK.replace('{', '{\n<<<<<<< HEAD\n');
    expect(judgePackages({ ...facts, lock: conflict })).toBe('changed');
    expect(judgePackages({ ...facts, lock: '' })).toBe('changed');
    expect(judgePackages({ ...facts, recordedHash: undefined, installedLock: '{"packa' })).toBe('missing');
  });

  it('may lack optional packages of other platforms, and no others', () => {
    const lock = JSON.parse(SMALL_LOCK);
    lock.packages['node_modules/b'] = { version: '1.0.0', optional: true };
    expect(judgePackages({ ...facts, lock: JSON.stringify(lock) })).toBe('in-step-unrecorded');
    lock.packages['node_modules/b'] = { version: '1.0.0' };
    expect(judgePackages({ ...facts, lock: JSON.stringify(lock) })).toBe('changed');
  });

  it('are installed by npm ci once, and the hash is noted', async () => {
    const machine = fakeMachine(npmThatInstalls(() => machine.surroundings.root));
    const { root } = machine.surroundings;
    writeFileSync(join(root, 'package-lock.json'), SMALL_LOCK);
    expect(await ensurePackages(machine.surroundings)).toBeUndefined();
    expect(await ensurePackages(machine.surroundings)).toBeUndefined();
    expect(machine.commands.filter((command) => command.startsWith('npm ci '))).toHaveLength(1);
    expect(readFileSync(join(root, 'node_modules/.lodestone-lock-hash'), 'utf8')).toBe(lockHash(SMALL_LOCK));
    expect(packagesState(root)).toBe('in-step');
  });

  it('are not asked of npm when the lock file is damaged, which is said in one sentence', async () => {
    const { surroundings, commands } = fakeMachine();
    placePackages(surroundings.root);
    writeFileSync(join(surroundings.root, 'package-lock.json'), `<<<<<<< HEAD\n${SMALL_LOCK}`);
    expect(await ensurePackages(surroundings)).toContain('package-lock.json is missing or damaged');
    expect(commands).toEqual([]);
  });

  it('that npm refuses are reported with its reason, not with its options', () => {
    const errors =
      'npm error code EUSAGE\nnpm error Missing: zod@4.0.0 from lock file\nnpm error\n' +
      'npm error Clean install a project\nnpm error\nnpm error Usage:\nnpm error aliases: ci\n';
    expect(refusalOf({ ok: false, output: '', errors })).toBe('npm error Missing: zod@4.0.0 from lock file');
  });

  it('are not noted as installed when the pinned Node does not run, and the error says how to mend it', async () => {
    const machine = fakeMachine((command) => (command.endsWith('/node') ? { ok: false } : undefined));
    placePackages(machine.surroundings.root);
    writeFileSync(join(machine.surroundings.root, 'node_modules/.lodestone-lock-hash'), 'of an older lock file');
    expect(await ensurePackages(machine.surroundings)).toContain('npm rebuild node');
    expect(packagesState(machine.surroundings.root)).not.toBe('in-step');
    expect(existsSync(join(machine.surroundings.stateFolder, 'packages.lock'))).toBe(false);
  });

  it("are installed by the machine's own npm, not by the one of the node_modules that is replaced", async () => {
    const machine = fakeMachine(npmThatInstalls(() => machine.surroundings.root));
    const { root, environment } = machine.surroundings;
    writeFileSync(join(root, 'package-lock.json'), SMALL_LOCK);
    placeProgram(root, 'node_modules/.bin/npm');
    const own = placeProgram(root, 'bin/npm');
    environment['PATH'] = `${join(root, 'node_modules/.bin')}:${join(root, 'bin')}`;
    await ensurePackages(machine.surroundings);
    expect(machine.commands[0]).toContain(`${own} ci`);
  });
});
