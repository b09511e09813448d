/** Asks the process of the run for its PostgreSQL server, which is started by the first that asks. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { z } from 'zod';

const ServerAnswerSchema = z.union([z.object({ url: z.string() }), z.object({ problem: z.string() })]);
export type ServerAnswer = z.infer<typeof ServerAnswerSchema>;

/** The address of the server, on a database that is no test's. Throws with the one sentence that says what is missing. */
export async function serverAddress(): Promise<string> {
  const socket = connect(inject('postgres').port, '127.0.0.1');
  const answer = ServerAnswerSchema.parse(JSON.parse(await text(socket)));
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.url;
}
