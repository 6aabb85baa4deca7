/** Refuses requests at once while this process cannot keep up, so that agents retry instead of waiting. */
import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers in place of a refusal; one that does nothing lets the request through. */
    pressureHandler?: () => void;
  }
}

/** An agent at a login waits 1.5 s for an answer, and an answer takes several rounds of the event loop. */
const maxEventLoopDelayMs = 500;
/** The process dies when its heap is full. */
const maxHeapShare = 0.92;

/** The config of routes that monitoring needs most while the collector is under pressure. */
export const answeredUnderPressure = { pressureHandler: (): void => undefined } as const;

/** A refusal is an error with the code `FST_UNDER_PRESSURE`. */
export async function addPressureLimit(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * maxHeapShare),
  });
}
