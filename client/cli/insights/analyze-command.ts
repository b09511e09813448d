/** `lodestone analyze`: how long runs take and why, what is no slowness, and the limits that follow, by the API. */
import { Option, type Command } from 'commander';
import { analysisGroupings, type AnalysisGrouping } from '../../../workflows/contract/insights/analysis.ts';
import { answerOf, type Api } from '../api/client.ts';
import { printJson, printText } from '../output.ts';
import { analysisText, recommendationsText } from './analysis-text.ts';

interface AnalyzeOptions {
  readonly since: string;
  readonly by: AnalysisGrouping;
  readonly leastRuns: number;
  readonly json?: boolean;
}

export function addAnalyzeCommand(program: Command, api: () => Api): void {
  program
    .command('analyze')
    .description('show how long runs take and why, what is no slowness, and the limits that follow from the runs')
    .option('--since <duration>', 'how far back, as in 24h or 7d', '7d')
    .addOption(new Option('--by <group>', 'what runs are grouped by').choices(analysisGroupings).default('kind'))
    .option('--least-runs <count>', 'recommend nothing from fewer runs of a kind', Number, 50)
    .option('--json', 'print JSON')
    .action(async ({ since, by, leastRuns, json }: AnalyzeOptions) => {
      const [analysis, recommendations] = await Promise.all([
        answerOf(api().GET('/v1/insights/analysis', { params: { query: { since, by } } })),
        answerOf(api().GET('/v1/insights/recommendations', { params: { query: { since, leastRuns } } })),
      ]);
      if (json === true) return printJson({ ...analysis, recommendations });
      printText(analysisText(analysis));
      printText(recommendationsText(recommendations));
    });
}
