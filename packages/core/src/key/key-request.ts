import { readCredential } from './credential.js';
import { readModel } from './model.js';
import { type RequestHeaders, readRequestHeader } from './request-headers.js';
import { pathOf, splitUrl, type UrlParts } from './url-parts.js';

/** What is known of a request before it is sent; what the `key` option of a policy is given. */
export interface KeyRequest {
  /** In upper case. */
  readonly method: string;
  /** Such as `https://api.example.com`; `''` for a relative URL. Never with user info. */
  readonly origin: string;
  /** Without query and fragment, as given. */
  readonly path: string;
  /** An opaque text of all that authorises it, `''` when nothing does. A secret. */
  readonly credential: string;
  /** The model that its JSON body names, as far as a short look finds it. */
  readonly model: string | undefined;
  /** The value of a header, whose name may have any case. */
  readonly header: (name: string) => string | undefined;
}

/** The raw parts of a request, as an adapter has them. */
export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders | undefined;
  readonly body?: unknown;
}

/** Where else a provider's credentials live, besides the common places. */
type Extra = readonly string[] | undefined;

/** Describes a request. Each part is found when it is first asked for; none of them throws. */
export function describeRequest(parts: RequestParts, credentials?: Extra): KeyRequest {
  return new DescribedRequest(parts, credentials);
}

/** Its fields are private to the language, so that a log of it shows no secret. */
class DescribedRequest implements KeyRequest {
  readonly #parts: RequestParts;
  readonly #credentials: Extra;
  #split: UrlParts | undefined;
  #credential: string | undefined;
  #model: string | undefined;
  #modelIsRead = false;

  constructor(parts: RequestParts, credentials: Extra) {
    this.#parts = parts;
    this.#credentials = credentials;
  }

  get method(): string {
    return textOf(this.#parts.method).toUpperCase();
  }

  get origin(): string {
    return this.#url().origin;
  }

  get path(): string {
    const { origin, rest } = this.#url();
    return pathOf(rest) || (origin === '' ? '' : '/');
  }

  get credential(): string {
    this.#credential ??= readCredential(this.#parts.headers, this.#url(), this.#credentials);
    return this.#credential;
  }

  get model(): string | undefined {
    if (!this.#modelIsRead) {
      this.#model = readModel(this.#parts.body);
      this.#modelIsRead = true;
    }
    return this.#model;
  }

  /** A function without `this`, since it is often taken out of the request. */
  get header(): (name: string) => string | undefined {
    return (name) => readRequestHeader(this.#parts.headers, textOf(name).toLowerCase());
  }

  #url(): UrlParts {
    this.#split ??= splitUrl(textOf(this.#parts.url));
    return this.#split;
  }
}

/** What an untyped caller gives instead of a text counts as none. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
