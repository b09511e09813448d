/** Called for every change of a part of the installation, with a sentence for the log when there is one. */
import type { Part as PartReport } from '../../../store/platform/parts.ts';

export type { PartReport };
export type OnChange = (report: PartReport, sentence: string | null) => void;
