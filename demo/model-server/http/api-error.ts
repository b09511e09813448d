/** The errors of the API, with its exact messages where they are known, so that clients can be tested against them. */

export interface ErrorDetails {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

export class ApiError extends Error {
  readonly status: number;
  readonly details: ErrorDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, details: ErrorDetails, headers: Readonly<Record<string, string>> = {}) {
    super(details.message);
    this.name = 'ApiError';
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

export function invalidRequest(message: string, param: string | null, code: string | null = null): ApiError {
  return new ApiError(400, { message, type: 'invalid_request_error', param, code });
}

export function notFound(message: string, param: string | null, code: string | null = null): ApiError {
  return new ApiError(404, { message, type: 'invalid_request_error', param, code });
}

export function responseNotFound(id: string): ApiError {
  return notFound(`Response with id '${id}' not found.`, 'id');
}

export function previousResponseNotFound(id: string): ApiError {
  const message = `Previous response with id '${id}' not found.`;
  return invalidRequest(message, 'previous_response_id', 'previous_response_not_found');
}

export type CallTool = 'computer' | 'function';

export function missingToolOutput(callId: string, tool: CallTool): ApiError {
  return invalidRequest(`No tool output found for ${tool} call ${callId}.`, 'input');
}

export function unknownToolCall(callId: string, tool: CallTool): ApiError {
  return invalidRequest(`No tool call found for ${tool} call output with call_id ${callId}.`, 'input');
}

export function unacknowledgedSafetyChecks(ids: readonly string[]): ApiError {
  const listed = ids.map((id) => `'${id}'`).join(', ');
  return invalidRequest(`Computer tool has unacknowledged safety check for [${listed}]`, 'input');
}

export function unknownModel(model: string): ApiError {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return notFound(message, 'model', 'model_not_found');
}

export function retiredModel(model: string): ApiError {
  const message = `The model \`${model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`;
  return notFound(message, 'model', 'model_not_found');
}

export function unauthorized(given: string | null): ApiError {
  const message =
    given === null
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : 'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.';
  const code = given === null ? null : 'invalid_api_key';
  return new ApiError(401, { message, type: 'invalid_request_error', param: null, code });
}

export function malformedBody(): ApiError {
  return invalidRequest('We could not parse the JSON body of your request. The API expects a JSON payload.', null);
}

export function serverError(message: string): ApiError {
  return new ApiError(500, { message, type: 'server_error', param: null, code: 'server_error' });
}

export function rateLimited(model: string, retryAfterSeconds: number): ApiError {
  const message = `Rate limit reached for ${model} on requests per min (RPM). Please try again in ${retryAfterSeconds}s.`;
  const details = { message, type: 'requests', param: null, code: 'rate_limit_exceeded' };
  return new ApiError(429, details, {
    'retry-after': String(Math.ceil(retryAfterSeconds)),
    'retry-after-ms': String(Math.round(retryAfterSeconds * 1000)),
  });
}

export function quotaExceeded(): ApiError {
  const message = 'You exceeded your current quota, please check your plan and billing details.';
  return new ApiError(429, { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' });
}
