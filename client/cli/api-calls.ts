/** Calls to the HTTP API: answers are parsed, refusals become sentences with an exit code. */
import { z } from 'zod';
import { CommandError, exitCodes, LostAnswer } from './exit-codes.ts';

const ProblemSchema = z.object({
  detail: z.string().optional(),
  title: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export interface ApiCalls {
  /** Throws `CommandError` when the API is not there or refuses. */
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
  readonly parse: <T>(schema: z.ZodType<T>, response: Response) => Promise<T>;
  readonly read: <T>(schema: z.ZodType<T>, path: string, init?: RequestInit) => Promise<T>;
}

export function createApiCalls(baseUrl: string): ApiCalls {
  if (!URL.canParse(baseUrl)) throw new CommandError(`${baseUrl} is not an address.`, exitCodes.usage);
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(new URL(path, baseUrl), init);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      const message = `The API at ${baseUrl} cannot be reached: ${cause}. Is it running? Start it with npm start.`;
      if (wasConnected(error)) throw new LostAnswer(message);
      throw new CommandError(message, exitCodes.apiUnreachable);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const parse = async <T>(schema: z.ZodType<T>, response: Response): Promise<T> => {
    const parsed = schema.safeParse(parseJson(await response.text()));
    if (parsed.success) return parsed.data;
    throw new CommandError(`${response.url} answered something else than Lodestone's API does.`, exitCodes.unexpected);
  };
  const read = async <T>(schema: z.ZodType<T>, path: string, init?: RequestInit): Promise<T> =>
    parse(schema, await call(path, init));
  return { call, parse, read };
}

/** As the HTTP client tells a connection that was cut off from one that never came about. */
function wasConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

async function refusal(response: Response): Promise<CommandError> {
  const text = await response.text();
  const parsed = ProblemSchema.safeParse(parseJson(text));
  const problem = parsed.success ? parsed.data : {};
  const lines = problem.problems?.map(({ path, message }) => `  ${path}: ${message}`) ?? [];
  const said = lines.length === 0 ? (problem.detail ?? problem.title ?? text) : (problem.title ?? 'The API refused');
  return new CommandError([said, ...lines].join('\n'), exitCodeOf(response.status));
}

function exitCodeOf(status: number): number {
  if (status === 503) return exitCodes.temporalUnreachable;
  if (status === 404) return exitCodes.notFound;
  return status < 500 ? exitCodes.refused : exitCodes.unexpected;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
