/** Counts what the collector does, for Prometheus. */
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import type { EventResult } from '../../../shared/wire/collector-api.ts';
import { eventDataSchemas } from '../../../shared/wire/events.ts';

export interface DatabaseGauges {
  readonly agents: number;
  readonly missingEvents: number;
  readonly unreadableEvents: number;
  /** ISO UTC; undefined before the first event. */
  readonly lastReceivedAt: string | undefined;
}

export interface Metrics {
  countEvents(types: readonly (string | undefined)[], results: readonly EventResult[]): void;
  countRequest(method: string, route: string, status: number): void;
  /** Prometheus' text. Counters start at 0 with the process; the gauges come from the database. */
  print(): Promise<string>;
  readonly contentType: string;
}

/** Reading the gauges costs the database, and any number of programs may ask. */
const gaugeLifeMs = 15_000;

/** An event type becomes a label only when the project defines it, so that agents cannot add labels. */
function labelOf(type: string | undefined): string {
  return type !== undefined && Object.hasOwn(eventDataSchemas, type) ? type : 'other';
}

/** Answers from the last reading while it is fresh. Callers at the same time wait for one reading. */
function keepFor<Value>(lifeMs: number, now: () => Date, read: () => Promise<Value>): () => Promise<Value> {
  let kept: { readonly atMs: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const nowMs = now().getTime();
    // A clock that was set back must not keep an old reading.
    if (kept !== undefined && Math.abs(nowMs - kept.atMs) < lifeMs) return kept.value;
    const value = read();
    const reading = { atMs: nowMs, value };
    kept = reading;
    value.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return value;
  };
}

export function createMetrics(deps: {
  readonly readGauges: () => Promise<DatabaseGauges>;
  readonly now: () => Date;
}): Metrics {
  const register = new Registry();
  const registers = [register];
  const stored = new Counter({
    name: 'porthor_events_stored_total',
    help: 'Events stored since the process started.',
    labelNames: ['type'],
    registers,
  });
  const duplicate = new Counter({
    name: 'porthor_events_duplicate_total',
    help: 'Events received again and not stored twice.',
    registers,
  });
  const rejected = new Counter({ name: 'porthor_events_rejected_total', help: 'Events refused.', registers });
  const requests = new Counter({
    name: 'porthor_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const agents = gauge('porthor_agents', 'Agents enrolled.');
  const missing = gauge(
    'porthor_events_missing',
    'Sequence numbers that agents used and that never arrived.',
  );
  const unreadable = gauge('porthor_events_unreadable', 'Events stored that this version cannot read.');
  const age = gauge(
    'porthor_last_event_age_seconds',
    'Seconds since the newest event arrived; absent before the first.',
  );
  const readGauges = keepFor(gaugeLifeMs, deps.now, deps.readGauges);
  return {
    countEvents(types, results) {
      for (const [index, { status }] of results.entries()) {
        if (status === 'stored') stored.inc({ type: labelOf(types[index]) });
        else (status === 'duplicate' ? duplicate : rejected).inc();
      }
    },
    countRequest(method, route, status) {
      requests.inc({ method, route, status: String(status) });
    },
    async print() {
      const { lastReceivedAt, ...read } = await readGauges();
      agents.set(read.agents);
      missing.set(read.missingEvents);
      unreadable.set(read.unreadableEvents);
      if (lastReceivedAt === undefined) age.remove();
      else age.set(Math.max(0, (deps.now().getTime() - Date.parse(lastReceivedAt)) / 1000));
      return register.metrics();
    },
    contentType: register.contentType,
  };
}

/** Counts by route pattern, never by address: addresses hold account names. */
export function addRequestCounting(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.countRequest(request.method, request.routeOptions.url ?? 'none', reply.statusCode);
    done();
  });
}
