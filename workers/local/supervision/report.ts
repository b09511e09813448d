/** Who is told of a part of the installation: of every change, with a sentence for the log where there is one. */
import type { Part as PartReport } from '../../../store/platform/parts.ts';

export type { PartReport };
export type OnChange = (report: PartReport, sentence: string | null) => void;
