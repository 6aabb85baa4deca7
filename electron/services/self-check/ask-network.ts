/** Asks the way to the collector: the proxy, the certificate, the answer, and the collector's clock. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { CollectorFact, SelfCheckFacts } from '../../domain/self-check/evaluate-facts.ts';
import type { NetworkPort } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { createCollectorFetch } from '../reporting/collector-fetch.ts';
import { type Asker, describeFailure } from './ask.ts';

const collectorDeadlineMs = 10_000;

export async function askProxy(
  { collectorUrl }: ManagedConfig,
  loadNetwork: () => Promise<NetworkPort>,
  { ask, note }: Asker,
): Promise<SelfCheckFacts['proxy']> {
  if (collectorUrl === '') {
    note('proxy');
    return undefined;
  }
  // With a deadline: a school's proxy script may wait for ever.
  const proxy = await ask(async () => (await loadNetwork()).resolveProxy(collectorUrl), 'proxy');
  if (!proxy.ok) return { kind: 'failed', reason: proxy.error };
  if (/^\s*DIRECT\b/iu.test(proxy.value)) return { kind: 'direct', detail: '' };
  // The kinds alone (`PROXY`, `HTTPS`, `SOCKS5`): the address of a school's proxy stays in the school.
  const kinds = proxy.value.split(';').flatMap((entry) => /^\s*([A-Z][A-Z0-9]*)\b/iu.exec(entry)?.[1] ?? []);
  return { kind: 'proxy', detail: kinds.join(', ') };
}

interface CollectorQuestion {
  readonly config: ManagedConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loadNetwork: () => Promise<NetworkPort>;
  readonly clock: Clock;
}

/** One request, as the agent with this configuration makes it. Never rejects; answers within 10 s. */
export async function askCollector(
  { config, environment, loadNetwork, clock }: CollectorQuestion,
  { note }: Asker,
): Promise<CollectorFact> {
  const answered = <Fact extends CollectorFact>(fact: Fact): Fact => {
    note('collector', 'certificate', 'clock');
    return fact;
  };
  if (config.collectorUrl === '') return answered({ kind: 'not-asked' });
  const authorityFaults: string[] = [];
  const fetch = createCollectorFetch({
    config,
    // Separate from the agent's own: a problem here is in the report, and is no fault of the agent.
    networkSession: 'self-check',
    environment,
    loadNetwork,
    nowUtc: () => clock.nowUtc(),
    onFault: ({ fault }) => {
      if (!authorityFaults.includes(fault)) authorityFaults.push(fault);
    },
  });
  const abort = new AbortController();
  const stopTimer = clock.setTimer(collectorDeadlineMs, () => abort.abort());
  const askedAtMs = clock.nowUtc().getTime();
  try {
    const response = await fetch(`${config.collectorUrl.replace(/\/+$/u, '')}/healthz`, {
      method: 'GET',
      headers: {},
      signal: abort.signal,
      redirect: 'error',
      cache: 'no-store',
    });
    const answeredAtMs = clock.nowUtc().getTime();
    // Not awaited: a stream may never confirm that it is cancelled.
    response.body?.cancel().catch(() => undefined);
    const collectorAtMs = Date.parse(response.headers.get('date') ?? '');
    // The header is cut to whole seconds: on average the collector's clock was half a second later.
    const aheadMs = (askedAtMs + answeredAtMs) / 2 - (collectorAtMs + 500);
    return answered({
      kind: 'answered',
      status: response.status,
      aheadMs: Number.isNaN(aheadMs) ? undefined : aheadMs,
      authorityFaults,
    });
  } catch (error) {
    const reason = abort.signal.aborted
      ? `no answer within ${collectorDeadlineMs} ms`
      : describeFailure(error);
    return answered({ kind: 'no-answer', reason, authorityFaults });
  } finally {
    stopTimer();
  }
}
