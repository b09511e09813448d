/** `lodestone approvals`: lists the questions that jobs ask people, and answers them. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { answerOf, type Api } from '../api/client.ts';
import { printJson, printText, say } from '../output.ts';

interface AnswerOptions {
  readonly note?: string;
  readonly json?: boolean;
}

export function addApprovalCommands(program: Command, api: () => Api): void {
  const approvals = program
    .command('approvals')
    .description('list the questions that jobs ask people, and answer them');
  approvals
    .command('list')
    .description('list the unanswered questions, oldest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: AnswerOptions) => {
      const { approvals: open } = await answerOf(api().GET('/v1/approvals'));
      if (json === true) printJson(open);
      for (const { jobId, requestId, expiresAt, question, url } of json === true ? [] : open) {
        printText(`${jobId}  ${requestId}  until ${expiresAt}\n  ${question}\n  on ${url}\n`);
      }
    });
  const answers = {
    approve: 'allow the action that a job asks about',
    refuse: 'refuse the action; the job continues without it',
  };
  for (const decision of ['approve', 'refuse'] as const) {
    approvals
      .command(`${decision} <job> <request>`)
      .description(answers[decision])
      .option('--note <text>', 'a note; after a refusal the model reads it')
      .option('--json', 'print JSON')
      .action(async (jobId: string, requestId: string, { note, json }: AnswerOptions) => {
        const approval = await answerOf(
          api().POST('/v1/jobs/{id}/approvals/{requestId}', {
            params: { path: { id: jobId, requestId } },
            body: { decision, by: userInfo().username, ...(note === undefined ? {} : { note }) },
          }),
        );
        if (json === true) printJson(approval);
        else say(`${approval.state} by ${approval.decidedBy}: ${approval.question}`);
      });
  }
}
