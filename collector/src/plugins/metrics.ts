/** Counts what the collector does, in the text form that Prometheus reads. */
import type { FastifyInstance } from 'fastify';
import type { EventResult } from '../../../shared/wire/collector-api.ts';
import { eventDataSchemas } from '../../../shared/wire/events.ts';

/** A few lines of text by hand: a client library would bring more code than it replaces. */
export interface Metrics {
  countEvents(types: readonly (string | undefined)[], results: readonly EventResult[]): void;
  countRequest(method: string, route: string, status: number): void;
  /** Counters start at 0 with the process; the gauges come from the database. */
  print(gauges: {
    readonly agents: number;
    readonly missingEvents: number;
    readonly unreadableEvents: number;
    readonly lastEventAgeSeconds: number | undefined;
  }): string;
}

/** An event type becomes a label only when the project defines it, so that agents cannot add labels. */
function labelOf(type: string | undefined): string {
  return type !== undefined && Object.hasOwn(eventDataSchemas, type) ? type : 'other';
}

export function createMetrics(): Metrics {
  const storedByType = new Map<string, number>();
  const requests = new Map<string, number>();
  const counted = { duplicate: 0, rejected: 0 };
  const add = (counts: Map<string, number>, key: string): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return {
    countEvents(types, results) {
      for (const [index, { status }] of results.entries()) {
        if (status === 'stored') add(storedByType, labelOf(types[index]));
        else counted[status] += 1;
      }
    },
    countRequest(method, route, status) {
      add(requests, `method="${method}",route="${route}",status="${status}"`);
    },
    print({ agents, missingEvents, unreadableEvents, lastEventAgeSeconds }) {
      const lines: string[] = [];
      const write = (name: string, kind: string, help: string, samples: readonly string[]): void => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...samples);
      };
      write('porthor_events_stored_total', 'counter', 'Events stored since the process started.', [
        ...[...storedByType].map(([type, count]) => `porthor_events_stored_total{type="${type}"} ${count}`),
      ]);
      write('porthor_events_duplicate_total', 'counter', 'Events received again and not stored twice.', [
        `porthor_events_duplicate_total ${counted.duplicate}`,
      ]);
      write('porthor_events_rejected_total', 'counter', 'Events refused.', [
        `porthor_events_rejected_total ${counted.rejected}`,
      ]);
      write('porthor_http_requests_total', 'counter', 'Requests answered.', [
        ...[...requests].map(([labels, count]) => `porthor_http_requests_total{${labels}} ${count}`),
      ]);
      write('porthor_agents', 'gauge', 'Agents enrolled.', [`porthor_agents ${agents}`]);
      write('porthor_events_missing', 'gauge', 'Sequence numbers that agents used and that never arrived.', [
        `porthor_events_missing ${missingEvents}`,
      ]);
      write('porthor_events_unreadable', 'gauge', 'Events stored that this version cannot read.', [
        `porthor_events_unreadable ${unreadableEvents}`,
      ]);
      write(
        'porthor_last_event_age_seconds',
        'gauge',
        'Seconds since the newest event arrived; absent before the first.',
        lastEventAgeSeconds === undefined ? [] : [`porthor_last_event_age_seconds ${lastEventAgeSeconds}`],
      );
      return `${lines.join('\n')}\n`;
    },
  };
}

/** Counts by route pattern, never by address: addresses hold account names. */
export function addRequestCounting(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.countRequest(request.method, request.routeOptions.url ?? 'none', reply.statusCode);
    done();
  });
}
