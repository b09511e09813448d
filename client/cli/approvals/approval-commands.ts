/** `lodestone approvals`: what waits for a person, and a person's answer. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { answerOf, type Api } from '../api/client.ts';
import { printJson, printText, say } from '../output.ts';

interface AnswerOptions {
  readonly note?: string;
  readonly json?: boolean;
}

export function addApprovalCommands(program: Command, api: () => Api): void {
  const approvals = program.command('approvals').description('see what jobs ask people, and answer');
  approvals
    .command('list')
    .description('the questions that wait for an answer, oldest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: AnswerOptions) => {
      const { approvals: open } = await answerOf(api().GET('/v1/approvals'));
      if (json === true) printJson(open);
      for (const { jobId, requestId, expiresAt, question, url } of json === true ? [] : open) {
        printText(`${jobId}  ${requestId}  until ${expiresAt}\n  ${question}\n  on ${url}\n`);
      }
    });
  const answers = { approve: 'let a job do what it asks for', refuse: 'do not let it; the job is told and goes on' };
  for (const decision of ['approve', 'refuse'] as const) {
    approvals
      .command(`${decision} <job> <request>`)
      .description(answers[decision])
      .option('--note <text>', 'a word with it; on a refusal the model is told it')
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
