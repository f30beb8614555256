import { type Answer, type AnswerHeaders, answerJson, answerText, lowerCased } from './answer.js';
import { defaultError, gatewayPage, PAGE_RETRY_AFTER_S } from './error-page.js';
import type { Exchange } from './exchange.js';
import type { Fault, Work } from './fault.js';
import { wholeSeconds } from './rate-limiter.js';
import type { Task } from './service.js';

/** What delivering an answer needs to know besides the fault. */
export interface Order {
  /** Looks at the request as the provider would; counts for its rate limit. */
  readonly admit: () => Task;
  readonly workMs: number;
  /** The server's own clock, in Unix milliseconds. */
  readonly serverNow: () => number;
}

const REFUSED_STREAM = 7;
const INTERNAL_ERROR = 2;

type StatusFault = Extract<Fault, { kind: 'status' }>;

function workOf({ status, work }: StatusFault): Work {
  return work ?? (status >= 500 && status !== 503 && status !== 529 ? 'before' : 'none');
}

/** The headers that the page promises of a 429. */
function pageHeaders(serverNowMs: number): AnswerHeaders {
  return {
    'retry-after': String(PAGE_RETRY_AFTER_S),
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': String(wholeSeconds(serverNowMs) + PAGE_RETRY_AFTER_S),
  };
}

function answerOf(fault: StatusFault, limits: AnswerHeaders, serverNowMs: number): Answer {
  const { status, body } = fault;
  const own = fault.headers ?? (status === 429 ? pageHeaders(serverNowMs) : {});
  const headers = { ...limits, ...lowerCased(own) };
  if (body === undefined) return defaultError(status, headers);
  if (body === 'html') return gatewayPage(status, headers);
  if (typeof body === 'object') return answerJson(status, body, headers);
  return answerText(status, body, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

/** Answers a request, or does to it what the fault says. */
export async function deliver(
  exchange: Exchange,
  fault: Fault | undefined,
  { admit, workMs, serverNow }: Order,
): Promise<void> {
  const work = async (task: Task, ms = workMs) => {
    if (task.admitted) await exchange.wait(ms);
    task.commit();
    return task;
  };
  switch (fault?.kind) {
    case undefined:
      return exchange.send((await work(admit())).answer);
    case 'status': {
      const limits = workOf(fault) === 'before' ? (await work(admit())).limits : {};
      return exchange.send(answerOf(fault, limits, serverNow()));
    }
    case 'close':
      if (fault.when !== 'before')
        await work(admit(), fault.when === 'during' ? workMs / 2 : workMs);
      return exchange.connection.destroy(fault.reset);
    case 'stall':
      return stall(exchange, fault, admit(), work);
    case 'cut':
      await exchange.sendHalf((await work(admit())).answer);
      return exchange.connection.destroy();
    case 'slow': {
      const { answer } = await work(admit());
      return (await exchange.linger(fault.ms)) ? exchange.send(answer) : undefined;
    }
    case 'goaway':
      await work(admit());
      return exchange.goAway();
    case 'reset-stream': {
      const { code = INTERNAL_ERROR } = fault;
      if (code !== REFUSED_STREAM) await work(admit());
      return exchange.resetStream(code);
    }
  }
}

async function stall(
  exchange: Exchange,
  fault: Extract<Fault, { kind: 'stall' }>,
  task: Task,
  work: (task: Task) => Promise<Task>,
): Promise<void> {
  if (fault.work !== 'none') await work(task);
  const finish =
    fault.what === 'body' ? await exchange.sendHalf(task.answer) : () => exchange.send(task.answer);
  if (!(await exchange.linger(fault.ms ?? Number.POSITIVE_INFINITY))) return;
  if (fault.work === 'none') await work(task);
  finish();
}
