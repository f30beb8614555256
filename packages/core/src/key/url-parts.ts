/** A URL taken apart as far as a key needs it. */
export interface UrlParts {
  /** Scheme, host and a port that is not the default, in lower case; `''` without a host. */
  readonly origin: string;
  /** What stands before the `@` of the host, which some clients send as Basic authorization. */
  readonly userInfo: string;
  /** Path, query and fragment, as given. */
  readonly rest: string;
}

/** `data:`, `blob:` and the like, which no server answers. */
const OPAQUE: UrlParts = Object.freeze({ origin: '', userInfo: '', rest: '' });

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
/** The schemes whose slashes may be missing, too many or turned round. */
const SPECIAL = /^(?:https?|wss?|ftp)$/;
const DEFAULT_PORT = /^(https?|wss?):\/\/(.*):(\d*)$/;
/** A port that may be left out; for which scheme, `DEFAULT_PORT` says. */
const USUAL_PORT = /^:(?:443|80)?$/;
/** What the URL standard takes out of a URL wherever it stands. */
const REMOVED = /[\t\n\r]+/g;
const AFTER_PATH = /[?#]/;

/** Splits a URL as the URL standard does, but checks and decodes nothing. Never throws. */
export function splitUrl(url: string): UrlParts {
  const end = plainOriginEnd(url);
  if (end < 0) return splitAnyUrl(withoutEdges(withoutBreaks(url)));
  return { origin: url.slice(0, end), userInfo: '', rest: url.slice(end) };
}

/** The path in `rest`, without query and fragment. */
export function pathOf(rest: string): string {
  const end = rest.search(AFTER_PATH);
  return withoutBreaks(end < 0 ? rest : rest.slice(0, end));
}

/** The query in `rest`, without its question mark; `''` when there is none. */
export function queryOf(rest: string): string {
  const start = rest.indexOf('?');
  if (start < 0) return '';
  const hash = rest.indexOf('#');
  return withoutBreaks(rest.slice(start + 1, hash < 0 ? undefined : hash));
}

/** Where the origin of a URL ends that needs no care, which nearly all are; -1 for others. */
function plainOriginEnd(url: string): number {
  const start = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : -1;
  if (start < 0) return -1;
  let end = start;
  let colon = 0;
  for (; end < url.length; end += 1) {
    const unit = url.charCodeAt(end);
    // a-z, then '-' and '.' and 0-9; '/' stands between them.
    if (unit >= 97 ? unit <= 122 : unit >= 45 && unit <= 57 && unit !== 47) continue;
    // '/', '?', '#'
    if (unit === 47 || unit === 63 || unit === 35) break;
    // ':'
    if (unit !== 58) return -1;
    colon = end;
  }
  if (end === start || (colon > 0 && USUAL_PORT.test(url.slice(colon, end)))) return -1;
  return end;
}

function splitAnyUrl(url: string): UrlParts {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  const special = scheme === undefined || SPECIAL.test(scheme);
  const isSlash = (at: number) => url[at] === '/' || (special && url[at] === '\\');
  const first = scheme === undefined ? 0 : scheme.length + 1;
  let start = first;
  while (isSlash(start)) start += 1;
  if (start - first < 2) {
    if (scheme === undefined) return { origin: '', userInfo: '', rest: url };
    if (!special) return OPAQUE;
  } else if (!special) {
    // Here a third slash already belongs to the path: `file:///path`.
    start = first + 2;
  }
  let end = start;
  while (end < url.length && !isSlash(end) && url[end] !== '?' && url[end] !== '#') end += 1;
  const authority = url.slice(start, end);
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1).toLowerCase();
  return {
    origin: host === '' ? '' : originOf(scheme, host),
    userInfo: authority.slice(0, Math.max(0, at)),
    rest: url.slice(end),
  };
}

/** `//host` when the scheme is that of the page. */
function originOf(scheme: string | undefined, host: string): string {
  if (scheme === undefined) return `//${host}`;
  const origin = `${scheme}://${host}`;
  const [, which = '', name, port] = DEFAULT_PORT.exec(origin) ?? [];
  const usual = which.endsWith('s') ? '443' : '80';
  return which !== '' && (port === '' || port === usual) ? `${which}://${name}` : origin;
}

function withoutBreaks(text: string): string {
  return text.replace(REMOVED, '');
}

/** Without the spaces and control characters around it. */
function withoutEdges(url: string): string {
  let start = 0;
  let end = url.length;
  while (start < end && url.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && url.charCodeAt(end - 1) <= 0x20) end -= 1;
  return url.slice(start, end).trim();
}
