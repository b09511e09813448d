/**
 * The command line of the sandbox: namespaces of its own for users, processes, network, mounts, IPC, host name and cgroups;
 * a root folder with nothing but read-only system libraries and the interpreter; one small writable folder; no
 * capabilities; a seccomp filter.
 */
import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { boundToUs, type Command } from '../command.ts';
import type { SandboxLimits } from '../sandbox.ts';

/** The descriptor that bubblewrap reads the seccomp filter from. */
export const filterDescriptor = 4;

export interface SandboxPrograms {
  /** Absolute paths on the host. */
  readonly python: string;
  /** Python packages, read-only in the sandbox; null for the standard library alone. */
  readonly packages: string | null;
}

/** Where `runner.py` and the packages lie within the sandbox. */
const runnerPath = '/runner.py';
const packagesPath = '/packages';
const interpreterPath = '/usr/bin/python3';

/** Where the scratch file system is mounted within a mount namespace of its own, over a folder of every Linux. */
const mountPoint = '/mnt';

/** The whole environment of the code. OpenBLAS gets one thread, since each thread takes address space, which is limited. */
const variables = [
  ['HOME', '/scratch'],
  ['LANG', 'C.UTF-8'],
  ['OPENBLAS_NUM_THREADS', '1'],
] as const;

export async function sandboxCommand(programs: SandboxPrograms, limits: SandboxLimits): Promise<Command> {
  const options = `size=${limits.scratchBytes},nr_inodes=${limits.scratchFiles},mode=0700`;
  const outer = ['unshare', '--user', '--map-root-user', '--mount', '--'];
  const launcher = [programs.python, '-I', '-S', '-B', join(import.meta.dirname, 'launcher.py')];
  const launched = [`${filterDescriptor + 1}`, options, mountPoint, 'bwrap', ...(await bubblewrapArguments(programs))];
  return { ...boundToUs([...outer, ...launcher, ...launched]), highestDescriptor: filterDescriptor };
}

async function bubblewrapArguments({ python, packages }: SandboxPrograms): Promise<readonly string[]> {
  const interpreter = await realpath(python);
  const groups: readonly (readonly string[])[] = [
    ['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ['--hostname', 'sandbox', '--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL', '--clearenv'],
    variables.flatMap(([name, value]) => ['--setenv', name, value]),
    await libraries(interpreter),
    ['--ro-bind', interpreter, interpreterPath],
    packages === null ? [] : ['--ro-bind', packages, packagesPath],
    ['--ro-bind', join(import.meta.dirname, 'runner.py'), runnerPath],
    ['--proc', '/proc', '--bind', mountPoint, '/scratch', '--chdir', '/scratch'],
    // No /dev/zero: its shared mappings are memory that nothing counts.
    ['null', 'random', 'urandom'].flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ['--remount-ro', '/'],
    ['--seccomp', `${filterDescriptor}`],
    // Isolated: neither the environment nor the user's packages nor the current folder change what is imported.
    ['--', interpreterPath, '-I', '-S', '-B', runnerPath],
  ];
  return groups.flat();
}

/** The system's libraries at their own places, and those of an interpreter that lies elsewhere. */
async function libraries(interpreter: string): Promise<readonly string[]> {
  const bound = ['--ro-bind', '/usr/lib', '/usr/lib', '--symlink', 'usr/lib', '/lib'];
  const wide = (await exists('/usr/lib64')) ? ['--ro-bind', '/usr/lib64', '/usr/lib64'] : [];
  const prefix = dirname(dirname(interpreter));
  const own = prefix === '/usr' ? [] : ['--ro-bind', join(prefix, 'lib'), join(prefix, 'lib')];
  return [...bound, ...wide, '--symlink', 'usr/lib64', '/lib64', ...own];
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
