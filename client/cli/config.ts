/** The settings that are not options. No other file of the command line reads the environment. */
import { z } from 'zod';
import { readSettings, sharedSettings } from '../../workflows/contract/settings.ts';
import type { ToolLimitChoices } from '../../workflows/contract/tools/limits.ts';
import { toolChoicesOf, ToolSettingsSchema } from '../../workflows/contract/tools/settings.ts';

export function defaultApiUrl(): string {
  const url = process.env['LODESTONE_URL'];
  return url === undefined || url === '' ? 'http://127.0.0.1:8700' : url;
}

const PlaceSchema = z.object({
  LODESTONE_DATA_DIR: sharedSettings.LODESTONE_DATA_DIR,
  LODESTONE_DATABASE_URL: sharedSettings.LODESTONE_DATABASE_URL,
  TEMPORAL_ADDRESS: z.string().optional(),
});

export interface DataPlace {
  readonly dataFolder: string;
  /** Whether the store's database is in the data folder. */
  readonly ownDatabase: boolean;
  /** Whether Temporal's database is there as well. */
  readonly ownTemporal: boolean;
}

/** Where `npm start`, with the same environment, keeps its data. */
export function dataPlace(): DataPlace {
  const place = readSettings(PlaceSchema, process.env);
  return {
    dataFolder: place.LODESTONE_DATA_DIR,
    ownDatabase: place.LODESTONE_DATABASE_URL === undefined,
    ownTemporal: place.TEMPORAL_ADDRESS === undefined,
  };
}

/** The limits of tools as the environment has them, with their contradictions. */
export function toolChoices(): ToolLimitChoices {
  return toolChoicesOf(readSettings(ToolSettingsSchema, process.env));
}
