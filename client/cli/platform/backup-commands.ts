/**
 * `lodestone backup` and `lodestone restore`: the embedded default in one file. They work on the data folder, without the API. The
 * store is loaded when one of them runs: every other command would wait for it.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { BackupProblem, temporalDatabase } from '../../../store/backup/manifest.ts';
import { counted } from '../../../workflows/contract/counted.ts';
import { SettingsProblem } from '../../../workflows/contract/settings.ts';
import { dataPlace } from '../config.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { say } from '../output.ts';
import { createStatusLine } from '../progress/status-line.ts';

export function addBackupCommands(program: Command): void {
  program
    .command('backup <file>')
    .description('write database, files and the state of Temporal to one file, also while Lodestone runs')
    .action(async (file: string) => {
      const { dataFolder, ownTemporal } = embeddedPlace();
      const release = await releaseOf();
      const { writeBackup } = await import('../../../store/backup/write-backup.ts');
      const { contents, missing, damaged, databases } = await working((progress) =>
        writeBackup({ dataFolder, file, ownTemporal, release, now: new Date(), progress }),
      );
      say(`wrote ${file}: ${databases.length} databases, ${counted(contents.count, 'file')}`);
      tellLosses(missing.length, damaged.length);
      if (!databases.some(({ name }) => name === temporalDatabase)) {
        say('Temporal keeps its state elsewhere: back that up as well, or running jobs do not go on.');
      }
      say('Settings and secrets are not in it: they are in the environment. Keep them elsewhere.');
    });
  program
    .command('restore <file>')
    .description('put a backup into an empty data folder (LODESTONE_DATA_DIR)')
    .action(async (file: string) => {
      const { dataFolder } = embeddedPlace();
      const { restoreBackup } = await import('../../../store/backup/restore.ts');
      const { header, manifest } = await working((progress) => restoreBackup({ file, dataFolder, progress }));
      say(`restored the backup of ${header.madeAt} into ${dataFolder}: ${counted(manifest.contents.count, 'file')}`);
      tellLosses(manifest.missing.length, manifest.damaged.length);
      say('npm start goes on from there. Do not let the installation that was backed up run as well.');
    });
}

function embeddedPlace(): ReturnType<typeof dataPlace> {
  const place = dataPlace();
  if (!place.ownDatabase) {
    const sentence =
      'LODESTONE_DATABASE_URL is set: the database is on a PostgreSQL server, and is backed up with pg_dump. See docs/backup.md.';
    throw new CommandError(sentence, exitCodes.usage);
  }
  return place;
}

async function working<Result>(work: (progress: (text: string) => void) => Promise<Result>): Promise<Result> {
  const line = createStatusLine({ plain: true });
  try {
    return await work((text) => {
      line.show(text);
    });
  } catch (error) {
    if (error instanceof BackupProblem || error instanceof SettingsProblem) {
      throw new CommandError(error.message, exitCodes.refused);
    }
    throw error;
  } finally {
    line.end();
  }
}

function tellLosses(missing: number, damaged: number): void {
  if (missing + damaged === 0) return;
  say(`not in it: ${counted(missing, 'file')} missing from the store, and ${counted(damaged, 'damaged file')}`);
}

async function releaseOf(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}
