/** HTTP requests to the API: a failed connection and a refusal become a `CommandError`, a sentence with an exit code. */
import { z } from 'zod';
import { CommandError, exitCodes, LostAnswer } from '../exit-codes.ts';
import { parseJson } from './parse-json.ts';

/** The parts of a refusal that are shown. All are optional, because another server may have answered. */
const ProblemSchema = z.object({
  detail: z.string().optional(),
  title: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Sends a request. Throws `CommandError` when the API at the address cannot be reached or refuses. */
export async function send(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    const { origin } = new URL(request.url);
    const message = `The API at ${origin} cannot be reached: ${cause}. Is it running? Start it with npm start.`;
    if (wasConnected(error)) throw new LostAnswer(message);
    throw new CommandError(message, exitCodes.apiUnreachable);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Whether the connection was cut after it was made: then the server may have done what was asked. */
function wasConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

async function refusal(response: Response): Promise<CommandError> {
  return problemError(response.status, await response.text());
}

/** A problem of the API, as text, as the error that ends the command. */
export function problemError(status: number, text: string): CommandError {
  const parsed = ProblemSchema.safeParse(parseJson(text));
  const problem = parsed.success ? parsed.data : {};
  const lines = problem.problems?.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`) ?? [];
  const said = lines.length === 0 ? (problem.detail ?? problem.title ?? text) : (problem.title ?? 'The API refused');
  return new CommandError([said, ...lines].join('\n'), exitCodeOf(status));
}

function exitCodeOf(status: number): number {
  if (status === 503) return exitCodes.temporalUnreachable;
  if (status === 404) return exitCodes.notFound;
  return status < 500 ? exitCodes.refused : exitCodes.unexpected;
}
