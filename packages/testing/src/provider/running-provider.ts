import type { Answer } from './answer.js';
import { Endpoints } from './endpoints.js';
import { Exchange } from './exchange.js';
import type { FakeProvider } from './fake-provider.js';
import type { Fault, FaultTarget } from './fault.js';
import { deliver } from './fault-delivery.js';
import { FaultScript } from './fault-script.js';
import type { Limits } from './key-limits.js';
import { WritableLedger } from './ledger.js';
import { Listener } from './listener.js';
import { problemsOf, type Settings } from './options.js';
import { Timers } from './provider-clock.js';
import { identify, type OpenRecord, openRecord, type RequestRecord } from './request-record.js';
import { Service } from './service.js';
import { isEarly, ToldWaits } from './told-waits.js';
import { VideoJobs } from './video-jobs.js';

/** The parts of a fake provider, put together, and the way of a request through them. */
export class RunningProvider implements FakeProvider {
  readonly ledger = new WritableLedger();
  readonly #settings: Settings;
  readonly #timers: Timers;
  readonly #listener: Listener;
  readonly #jobs = new VideoJobs();
  readonly #script = new FaultScript();
  readonly #toldWaits = new ToldWaits();
  readonly #service: Service;
  readonly #exchanges = new Set<Exchange>();
  #requests: OpenRecord[] = [];
  #cancelAccept = () => {};

  constructor(settings: Settings) {
    const { clock, models, tls } = settings;
    this.#settings = settings;
    this.#timers = new Timers(clock);
    const endpoints = new Endpoints(this.#jobs, models, () => Math.floor(this.#serverNow() / 1000));
    this.#service = new Service(settings, endpoints, this.ledger);
    this.#listener = new Listener((incoming, reply, connection) => {
      const exchange = new Exchange(incoming, reply, connection, this.#timers);
      this.#serve(exchange).catch((error: unknown) => {
        // Only the caller's own `faults` or a header of theirs can throw: let them see it.
        connection.destroy();
        throw error;
      });
    }, tls);
  }

  get url(): string {
    return `${this.#settings.tls ? 'https' : 'http'}://127.0.0.1:${this.#listener.port}`;
  }

  get baseURL(): string {
    return `${this.url}/v1`;
  }

  get requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  get inFlight(): number {
    return this.#exchanges.size;
  }

  get waiting(): number {
    return [...this.#exchanges].filter((exchange) => exchange.isWaiting).length;
  }

  get sockets(): number {
    return this.#listener.accepted;
  }

  get openSockets(): number {
    return this.#listener.open;
  }

  requestCount(callId: string): number {
    return this.#requests.filter((request) => request.callId === callId).length;
  }

  fail(fault: Fault | readonly Fault[], where: FaultTarget = {}): void {
    this.#script.add('kind' in fault ? [fault] : fault, where);
  }

  heal(): void {
    this.#script.heal();
  }

  limit(limits: Limits): void {
    const problems = [
      ...problemsOf('rateLimit', limits.rateLimit),
      ...problemsOf('tokenLimit', limits.tokenLimit),
    ];
    if (problems.length > 0) throw new TypeError(`limit: ${problems.join('; ')}`);
    this.#service.limit(limits);
  }

  fill(cents: number): void {
    this.#service.fill(cents);
  }

  async refuse(ms = Number.POSITIVE_INFINITY): Promise<void> {
    this.#cancelAccept();
    const stopped = this.#listener.stop();
    if (ms !== Number.POSITIVE_INFINITY) {
      this.#cancelAccept = this.#timers.set(() => void this.accept(), ms);
    }
    await stopped;
  }

  async accept(): Promise<void> {
    this.#cancelAccept();
    await this.#listener.listen();
  }

  closeIdle(): void {
    this.#listener.closeIdle(new Set([...this.#exchanges].map(({ connection }) => connection.id)));
  }

  reset(): void {
    this.ledger.clear();
    this.#requests = [];
    this.#script.clear();
    this.#toldWaits.clear();
    this.#jobs.clear();
    this.#service.clear();
  }

  async close(): Promise<void> {
    this.#timers.cancelAll();
    await this.#listener.stop();
    this.#timers.cancelAll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serverNow(): number {
    return this.#settings.clock.now() + this.#settings.clockSkewMs;
  }

  async #serve(exchange: Exchange): Promise<void> {
    this.#exchanges.add(exchange);
    void exchange.whenClosed.then(() => this.#exchanges.delete(exchange));
    const { method = 'GET', url = '/', headers } = exchange.incoming;
    const record = openRecord({ method, url, headers, atMs: this.#settings.clock.now() });
    this.#requests.push(record);
    const told = this.#toldWaits.toldTo(credentialOf(record));
    const body = await exchange.readBody();
    if (body === undefined) return;
    identify(record, body);
    const { callId, path } = record;
    record.early = isEarly(told, callId, record.atMs);
    exchange.onHead = (answer) => this.#onHead(record, answer);
    const request = { callId, method, path, number: this.#script.count(callId) };
    const fault = this.#script.take(request) ?? this.#settings.faults?.(request);
    await deliver(exchange, fault, {
      admit: () => this.#service.admit(record, body),
      workMs: this.#settings.workMs,
      serverNow: () => this.#serverNow(),
    });
  }

  #onHead(record: OpenRecord, answer: Answer): Answer {
    record.status = answer.status;
    const [retryAfter] = [answer.headers['retry-after'] ?? []].flat();
    if (answer.status === 429 && retryAfter !== undefined) {
      const { clock, clockSkewMs } = this.#settings;
      const { callId } = record;
      this.#toldWaits.tell(credentialOf(record), callId, retryAfter, clock.now(), clockSkewMs);
    }
    const date = new Date(this.#serverNow()).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  }
}

function credentialOf({ headers }: RequestRecord): string {
  return headers.authorization ?? String(headers['x-api-key'] ?? '');
}
