/**
 * The command line of a sandbox: namespaces of its own for users, processes, network, mounts, IPC, host name and cgroups; a root
 * folder with nothing but read-only system libraries and the parts of one program; no capabilities; a seccomp filter.
 */
import { existsSync } from 'node:fs';
import { filterDescriptor, type Command } from '../command.ts';
import { SandboxUnavailable } from '../sandbox.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { stage, type Scratch } from './stage.ts';
import { architectureHere } from './system-calls.ts';

export interface ContainedProgram {
  /** Files and folders of this machine, by the place where the program sees them. */
  readonly parts: Readonly<Record<string, string>>;
  /** What runs; `at` is the place of a part or of the scratch folder, by its path in the container. */
  readonly command: (at: (inside: string) => string) => readonly string[];
  /** Its whole environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The one writable folder, `/scratch`, where the program starts; null for none. */
  readonly scratch: Scratch | null;
}

export function containerCommand(program: ContainedProgram): Command {
  const { file, parameters, user, places, scratchFolder } = stage(Object.values(program.parts), program.scratch);
  const parts = Object.keys(program.parts).flatMap((inside, index) => ['--ro-bind', places[index] ?? '', inside]);
  const scratch = scratchFolder === null ? [] : ['--bind', scratchFolder, '/scratch', '--chdir', '/scratch'];
  const bubblewrap = ['bwrap', ...isolation, ...systemLibraries(), ...parts, ...scratch];
  const variables = Object.entries(program.variables).flatMap(([name, value]) => ['--setenv', name, value]);
  const last = [
    ...variables,
    ...['/', '/proc'].flatMap((folder) => ['--remount-ro', folder]),
    '--seccomp',
    `${filterDescriptor}`,
    '--',
    ...program.command((inside) => inside),
  ];
  return {
    file,
    parameters: [...parameters, ...bubblewrap, ...last],
    user,
    preparation: new Map([[filterDescriptor, filter()]]),
    ownGroup: false,
  };
}

function filter(): Buffer {
  const architecture = architectureHere();
  if (architecture === null) throw new SandboxUnavailable('there is no filter of system calls for this machine');
  return seccompFilter(architecture);
}

const isolation: readonly string[] = [
  ['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
  ['--hostname', 'sandbox', '--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL', '--clearenv'],
  ['--proc', '/proc'],
  // No /dev/zero: its shared mappings are memory that nothing counts.
  ...['null', 'random', 'urandom'].map((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
].flat();

function systemLibraries(): readonly string[] {
  const wide = existsSync('/usr/lib64') ? ['--ro-bind', '/usr/lib64', '/usr/lib64'] : [];
  const links = ['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'];
  return ['--ro-bind', '/usr/lib', '/usr/lib', ...wide, ...links];
}
