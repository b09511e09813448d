/**
 * What happens before bubblewrap: the files that a sandbox needs, and its scratch folder, are mounted below one folder that its
 * user can read, wherever they lie. bubblewrap then runs as a user who may not even see the product's folder.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { boundToUs, type Command } from '../command.ts';
import { SandboxUnavailable } from '../sandbox.ts';
import { makeReadable } from './readable.ts';
import { realPath } from './real-path.ts';

/** A folder in memory. bubblewrap's own has no limit of files, and their inodes are memory that nothing else counts. */
export interface Scratch {
  readonly bytes: number;
  readonly files: number;
}

/** The parameters of a command follow these. */
export interface Stage extends Pick<Command, 'file' | 'parameters' | 'user'> {
  /** Where the files and folders are, in the order they were asked for. */
  readonly places: readonly string[];
  readonly scratchFolder: string | null;
}

/** The host's user of sandboxes where this process may choose: `nobody`, who owns nothing. */
const nobody = { uid: 65534, gid: 65534 };

/** Folders of every Linux. What is mounted over one is seen in a mount namespace of its own alone. */
const stageFolders = ['/mnt', '/srv', '/media', '/opt'];

export function stage(paths: readonly string[], scratch: Scratch | null): Stage {
  const sources = paths.map(realPath);
  const stageFolder = stageFolderFor(sources);
  const places = sources.map((source, index) => placeOf(source, join(stageFolder, `${index}`)));
  const scratchFolder = scratch === null ? null : join(stageFolder, 'scratch');
  const becomesNobody = process.getuid?.() === 0 && isMapped(nobody.uid, readFileSync('/proc/self/uid_map', 'utf8'));
  if (becomesNobody) sources.forEach(makeReadable);
  const mountsAsRoot = becomesNobody && holdsCapability(readFileSync('/proc/self/status', 'utf8'), mountCapability);
  const owner = mountsAsRoot ? nobody : { uid: 0, gid: 0 };
  const mounts = [
    ...places.map(({ source, target }) => `${escaped(source)} ${target} none rbind,X-mount.mkdir 0 0`),
    ...(scratch === null ? [] : [`scratch ${scratchFolder} tmpfs ${scratchOptions(scratch, owner)} 0 0`]),
  ];
  const user = ['--user', '--map-root-user'];
  const outer = [
    'unshare',
    ...(mountsAsRoot ? [] : user),
    '--mount',
    ...processNamespace,
    '--',
    'sh',
    '-c',
    script,
    'stage',
  ];
  const table = `${mounts.join('\n')}\n`;
  const files = places.filter(({ isFile }) => isFile).map(({ target }) => target);
  const becoming = ['setpriv', ...(mountsAsRoot ? asNobody : []), '--no-new-privs', '--pdeathsig', 'KILL'];
  return {
    ...boundToUs([...outer, stageFolder, table, files.join(' '), ...becoming], limitsOfAll(scratch)),
    user: becomesNobody && !mountsAsRoot ? nobody : null,
    places: places.map(({ target }) => target),
    scratchFolder,
  };
}

/**
 * Around the one that bubblewrap makes: code cannot see this one's first process, and with it the kernel ends every process of the
 * sandbox, at any moment of its start and even if code takes over the first process that it sees.
 */
const processNamespace = ['--pid', '--fork', '--kill-child=KILL'];

/**
 * Code is ended before the worker when memory is short. Everything is mounted before the user changes. The table must be a file;
 * a file is mounted over a file.
 */
const script = `
set -e
{ echo 800 > /proc/self/oom_score_adj; } 2> /dev/null || true
umask 022
mount -t tmpfs -o size=256k,mode=0755 stage "$1"
printf %s "$2" > "$1/table"
for file in $3; do : > "$file"; done
mount --all --fstab "$1/table"
shift 3
exec "$@"`;

const withoutRights = '--clear-groups --inh-caps=-all --bounding-set=-all'.split(' ');
/** A change of the user clears the signal that binds a process to its parent's life, so that it is set once more. */
const asNobody = ['--reuid', `${nobody.uid}`, '--regid', `${nobody.gid}`, ...withoutRights];

function scratchOptions({ bytes, files }: Scratch, { uid, gid }: { uid: number; gid: number }): string {
  return `size=${bytes},nr_inodes=${files},mode=0700,uid=${uid},gid=${gid},X-mount.mkdir`;
}

/** One that hides no source when something is mounted over it. */
export function stageFolderFor(sources: readonly string[]): string {
  const found = stageFolders.find(
    (folder) => existsSync(folder) && !sources.some((source) => `${source}/`.startsWith(`${folder}/`)),
  );
  if (found !== undefined) return found;
  throw new SandboxUnavailable(`its parts lie below all of ${stageFolders.join(', ')}: move the product elsewhere`);
}

/** For all processes of a sandbox, its own ones too: memory of the kernel that the worker does not see, open files and file sizes. */
function limitsOfAll(scratch: Scratch | null): readonly string[] {
  const fileBytes = Math.max(scratch?.bytes ?? 0, ownFileBytes);
  return ['--memlock=0:0', '--msgqueue=0:0', `--nofile=${openFiles}:${openFiles}`, `--fsize=${fileBytes}:${fileBytes}`];
}

const openFiles = 1024;
/** The table of mounts has as many at most. */
const ownFileBytes = 2 ** 20;

function placeOf(source: string, target: string) {
  return { source, target, isFile: statSync(source).isFile() };
}

/** As in `/etc/fstab`: other characters by their octal numbers. */
function escaped(path: string): string {
  return [...Buffer.from(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w/.@+,:=~-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
}

/** `CAP_SYS_ADMIN`: containers take it even from root. */
const mountCapability = 21n;

function holdsCapability(status: string, capability: bigint): boolean {
  const effective = /^CapEff:\s+([\da-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}

/** Whether this process's user namespace knows a user. One that knows root alone, as `unshare -r` makes it, has no `nobody`. */
function isMapped(user: number, map: string): boolean {
  return map.split('\n').some((line) => {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return user >= first && user < first + count;
  });
}
