import { type Answer, answerJson } from './answer.js';
import {
  answerCompletion,
  answerMessage,
  answerStream,
  type Completion,
  promptTokensOf,
} from './completion.js';
import { errorPage } from './error-page.js';
import type { VideoJobs } from './video-jobs.js';

/** What a request asks for, or why it cannot be had. */
export interface Routed {
  readonly answer: Answer;
  /** Whether it is work that is billed. */
  readonly billed: boolean;
  /** What the work leaves behind. */
  readonly effect?: () => void;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

const EXAMPLE_MODEL = 'fake-model';
const UNKNOWN_MODEL = 'foo';

function unbilled(status: number, body: unknown): Routed {
  return { answer: answerJson(status, body), billed: false };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The OpenAI-compatible endpoints and Anthropic's messages; they know no keys, limits or prices. */
export class Endpoints {
  readonly #jobs: VideoJobs;
  readonly #models: readonly string[] | undefined;
  readonly #nowS: () => number;
  #lastId = 0;

  constructor(jobs: VideoJobs, models: readonly string[] | undefined, nowS: () => number) {
    this.#jobs = jobs;
    this.#models = models;
    this.#nowS = nowS;
  }

  route({ method, path, body }: Asked): Routed {
    const [, version, resource, id, ...rest] = path.split('/');
    const name = `${method} /${version}/${resource}`;
    if (`${name}/${id}` === 'POST /v1/chat/completions' && rest.length === 0) {
      return this.#create(body, 'messages', Array.isArray, (model, asked) =>
        this.#complete(model, asked),
      );
    }
    if (name === 'POST /v1/messages' && id === undefined) {
      return this.#create(body, 'messages', Array.isArray, (model, asked) => {
        const message = this.#describe('msg', model, asked);
        return { answer: answerMessage(message), billed: true };
      });
    }
    if (name === 'POST /v1/videos' && id === undefined) {
      return this.#create(
        body,
        'prompt',
        (prompt) => typeof prompt === 'string',
        (model) => this.#draft(model),
      );
    }
    if (name === 'GET /v1/videos' && id && rest.length === 0) return this.#pollJob(id);
    if (name === 'GET /v1/models' && id === undefined) return this.#listModels();
    if (name === 'GET /v1/models' && id) {
      return this.#showModel(decodePath([id, ...rest].join('/')));
    }
    return unbilled(404, errorPage.noSuchRoute(method, path));
  }

  #exists(model: string): boolean {
    return this.#models?.includes(model) ?? model !== UNKNOWN_MODEL;
  }

  #create(
    body: Buffer,
    field: string,
    isValid: (value: unknown) => boolean,
    make: (model: string, asked: Record<string, unknown>) => Routed,
  ): Routed {
    const asked = parseObject(body);
    if (asked === undefined) return unbilled(400, errorPage.malformedBody());
    const { model } = asked;
    if (typeof model !== 'string') return unbilled(400, errorPage.missingField('model'));
    if (!this.#exists(model)) return unbilled(400, errorPage.modelNotFound(model));
    if (!isValid(asked[field])) return unbilled(400, errorPage.missingField(field));
    return make(model, asked);
  }

  #describe(prefix: string, model: string, asked: Record<string, unknown>): Completion {
    this.#lastId += 1;
    const promptTokens = promptTokensOf(asked.messages);
    return { id: `${prefix}-${this.#lastId}`, model, created: this.#nowS(), promptTokens };
  }

  #complete(model: string, asked: Record<string, unknown>): Routed {
    const completion = this.#describe('chatcmpl', model, asked);
    const answer = asked.stream === true ? answerStream(completion) : answerCompletion(completion);
    return { answer, billed: true };
  }

  #draft(model: string): Routed {
    const job = this.#jobs.draft(model, this.#nowS());
    return { answer: answerJson(200, job), billed: true, effect: () => this.#jobs.add(job) };
  }

  #pollJob(id: string): Routed {
    const job = this.#jobs.poll(id);
    return job === undefined ? unbilled(404, errorPage.jobNotFound()) : unbilled(200, job);
  }

  #listModels(): Routed {
    const models = this.#models ?? [EXAMPLE_MODEL];
    return unbilled(200, { object: 'list', data: models.map(describeModel) });
  }

  #showModel(model: string): Routed {
    if (!this.#exists(model)) return unbilled(400, errorPage.modelNotFound(model));
    return unbilled(200, describeModel(model));
  }
}

function describeModel(id: string) {
  return { id, object: 'model', created: 0, owned_by: 'forbear' };
}
