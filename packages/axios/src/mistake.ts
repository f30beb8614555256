/** Codes of axios and its redirects by which the request or the program is wrong. */
const CODES =
  /^(ERR_BAD_OPTION(_VALUE)?|ERR_BAD_REQUEST|ERR_NOT_SUPPORT|ERR_DEPRECATED|ERR_FORM_DATA_DEPTH_EXCEEDED|ERR_FR_(TOO_MANY_REDIRECTS|MAX_BODY_LENGTH_EXCEEDED|REDIRECTION_FAILURE))$/;

/** Old versions say the same, with -1, of a body that broke off. */
const TOO_LONG = /^maxContentLength size of \d/;

/**
 * The mistake that an error of axios without an answer tells of, which no repetition mends, in a form
 * that the core knows; `undefined`: it tells of none.
 */
export function readMistake(error: unknown): TypeError | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const isMistake =
    typeof code === 'string' &&
    (CODES.test(code) || (typeof message === 'string' && TOO_LONG.test(message)));
  return isMistake ? new TypeError(String(message)) : undefined;
}
