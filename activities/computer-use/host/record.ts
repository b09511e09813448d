/** The record of a host in its folder: its address, its process, and the end of its lease. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const HostRecordSchema = z.object({
  version: z.literal(1),
  /** The session that the browser belongs to; null while it waits for one. */
  key: z.string().nullable(),
  /** The attempt that owns the browser; null before the first. */
  attempt: z.int().nullable(),
  pid: z.int(),
  /** The start time of the process, as `processes.ts` reads it. */
  started: z.string(),
  /** The process-id namespace of the host. */
  machine: z.string(),
  socket: z.string(),
  /** When the lease ends unless it is renewed, in milliseconds since 1970. */
  leaseUntil: z.number(),
});
export type HostRecord = z.infer<typeof HostRecordSchema>;

/** The host's command-line arguments. They hold no secret: addresses and state come over the socket. */
export const HostOptionsSchema = z.object({
  folder: z.string(),
  /** Null for a browser that waits for its session. */
  key: z.string().nullable(),
  /** The size of the first tab; null when it is of no use to the session. */
  display: z.object({ width: z.int(), height: z.int() }).nullable(),
  leaseMilliseconds: z.number().positive(),
  chromium: z.object({
    executablePath: z.string().nullable(),
    sandbox: z.boolean(),
    fontconfigFile: z.string().nullable(),
  }),
  limits: z.object({ navigationMilliseconds: z.number(), actionMilliseconds: z.number() }),
  recycle: z.object({ turns: z.int(), residentBytes: z.number() }),
});
export type HostOptions = z.infer<typeof HostOptionsSchema>;

const recordName = 'host.json';

const warmPrefix = 'warm-';

/**
 * A new name for a host of a session. All names of a session have the same prefix, by which its hosts are found. A host that
 * waits for its session keeps its name when it has one, and is found by its record.
 */
export function newHostName(key: string | null): string {
  return `${key === null ? warmPrefix : namePrefix(key)}${randomBytes(4).toString('hex')}`;
}

export async function hostNamesOf(hostsFolder: string, key: string): Promise<readonly string[]> {
  const names = await hostNames(hostsFolder);
  const records = names
    .filter((name) => name.startsWith(warmPrefix))
    .map(async (name) => ((await readRecord(join(hostsFolder, name)))?.key === key ? [name] : []));
  return [...names.filter((name) => name.startsWith(namePrefix(key))), ...(await Promise.all(records)).flat()];
}

export async function hostNames(hostsFolder: string): Promise<readonly string[]> {
  return readdir(hostsFolder).catch(() => []);
}

/** The record, or null when there is none that can be read. */
export async function readRecord(folder: string): Promise<HostRecord | null> {
  try {
    return HostRecordSchema.parse(JSON.parse(await readFile(join(folder, recordName), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeRecord(folder: string, record: HostRecord): Promise<void> {
  const path = join(folder, recordName);
  await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** A socket's path may have 107 bytes, on some systems 103; for a longer folder path the socket is placed elsewhere. */
const longestSocketPath = 100;

export function socketPath(folder: string): string {
  const path = join(folder, 'socket');
  if (Buffer.byteLength(path) <= longestSocketPath) return path;
  return join(tmpdir(), `lodestone-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`);
}

function namePrefix(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 16)}-`;
}
