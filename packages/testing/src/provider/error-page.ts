import { type Answer, type AnswerHeaders, answerJson, answerText } from './answer.js';

/** The envelope of every error. */
export interface ErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly code: string };
}

function errorBody(message: string, type: string, code: string): ErrorBody {
  return { error: { message, type, code } };
}

const INVALID = 'invalid_request_error';

/** The wait of the page's own 429 example, in seconds. */
export const PAGE_RETRY_AFTER_S = 34;

/** The bodies of flex.ai's errors page (docs.flex.ai, Errors), word for word. */
export const errorPage = {
  modelNotFound: (model: string) =>
    errorBody(
      `Invalid 'model'. The model '${model}' does not exist or you do not have access.`,
      INVALID,
      'model_not_found',
    ),
  invalidApiKey: () =>
    errorBody('Invalid API key provided.', 'authentication_error', 'invalid_api_key'),
  insufficientCredit: () =>
    errorBody(
      'Insufficient credit. Add funds at https://tokens.flex.ai/dashboard/billing to continue.',
      'insufficient_quota',
      '402',
    ),
  jobNotFound: () => errorBody('Video job not found.', INVALID, 'job_not_found'),
  rateLimited: (seconds: number | undefined) =>
    errorBody(
      `Rate limit exceeded.${seconds === undefined ? '' : ` Retry after ${seconds} seconds.`}`,
      'rate_limit_error',
      'rate_limit_exceeded',
    ),
  upstreamTimeout: () => errorBody('Upstream model timed out.', 'server_error', 'upstream_timeout'),
  // The page shows no body for what follows; these have its envelope.
  underMaintenance: () =>
    errorBody(
      'The model is under maintenance. Try again later.',
      'server_error',
      'model_under_maintenance',
    ),
  malformedBody: () => errorBody('The request body is not valid JSON.', INVALID, 'invalid_json'),
  missingField: (field: string) =>
    errorBody(`Missing required field '${field}'.`, INVALID, 'missing_required_field'),
  noSuchRoute: (method: string, path: string) =>
    errorBody(`Unknown request URL: ${method} ${path}.`, INVALID, 'unknown_url'),
  other: (status: number) =>
    errorBody(
      `The request failed with status ${status}.`,
      status < 500 ? INVALID : 'server_error',
      String(status),
    ),
} as const;

function pageOf(status: number, retryAfterS: number | undefined): ErrorBody {
  switch (status) {
    case 400:
      return errorPage.modelNotFound('foo');
    case 401:
      return errorPage.invalidApiKey();
    case 402:
      return errorPage.insufficientCredit();
    case 404:
      return errorPage.jobNotFound();
    case 429:
      return errorPage.rateLimited(retryAfterS);
    case 500:
      return errorPage.upstreamTimeout();
    case 503:
      return errorPage.underMaintenance();
    default:
      return errorPage.other(status);
  }
}

/** What the provider answers with a status when nobody says otherwise. */
export function defaultError(status: number, headers: AnswerHeaders): Answer {
  if (status < 400) return answerText(status, '', headers);
  if (status === 502 || status === 504) return gatewayPage(status, headers);
  // The body names the wait that the header names, or none.
  const told = /^[1-9]\d*$/.exec(String(headers['retry-after']))?.[0];
  return answerJson(status, pageOf(status, told === undefined ? undefined : Number(told)), headers);
}

const REASONS: Readonly<Record<number, string>> = {
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** The HTML page of a gateway that stands before the provider. */
export function gatewayPage(status: number, headers: AnswerHeaders): Answer {
  const title = [status, REASONS[status] ?? 'Error'].join(' ');
  const html = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
  return answerText(status, html, { 'content-type': 'text/html', ...headers });
}
