/** The settings of `npm start` besides those of the parts that it starts. */
import { z } from 'zod';
import { sharedSettings } from '../workflows/contract/settings.ts';

const port = z.coerce.number().int().min(1).max(65_535);
export const StartSettingsSchema = z.object({
  LODESTONE_DATA_DIR: sharedSettings.LODESTONE_DATA_DIR,
  LODESTONE_DATABASE_URL: sharedSettings.LODESTONE_DATABASE_URL,
  LODESTONE_API_PORT: port.default(8700).describe('Port of the API and its pages.'),
  LODESTONE_TEMPORAL_PORT: port.default(7233).describe("Port of Temporal's dev server, as npm start runs it."),
  LODESTONE_TEMPORAL_UI_PORT: port.default(8233).describe("Port of Temporal's Web UI, as npm start runs it."),
  TEMPORAL_ADDRESS: z.string().optional().describe('An existing Temporal server; npm start then runs none.'),
});
export type StartSettings = z.infer<typeof StartSettingsSchema>;
