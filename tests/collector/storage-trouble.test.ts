/** A busy, full or missing database: no event is lost, and the collector answers `stored` only for stored events. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { problemSchema } from '../../shared/wire/collector-api.ts';
import {
  enrol,
  knownAgent,
  makeAgent,
  makeFolder,
  report,
  sendText,
  startTestCollector,
} from '../support/collector/collector.ts';
import { runCollector, serve } from '../support/collector/command-line.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

async function expectLater(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(problemSchema.parse(await response.json()).detail).not.toMatch(/sqlite/iu);
}

describe('a busy database', () => {
  it('makes the collector answer 503 with Retry-After, and the same batch succeeds later', async () => {
    const running = await startTestCollector({ busyTimeoutMs: 20 });
    const agent = await makeAgent(running);
    const batch = [agent.event(), agent.event()];
    const blocker = new DatabaseSync(`${running.dataDirectory}/collector.sqlite`);
    onTestFinished(() => blocker.close());
    blocker.exec('begin immediate');
    await expectLater(await sendText(agent, JSON.stringify(batch)));
    await expectLater(await fetch(`${running.address}/readyz`));
    expect((await fetch(`${running.address}/healthz`)).status).toBe(200);
    blocker.exec('rollback');
    expect((await fetch(`${running.address}/readyz`)).status).toBe(200);
    expect(await report(agent, batch)).toMatchObject([{ status: 'stored' }, { status: 'stored' }]);
    expect(running.logged).toEqual([
      expect.stringMatching(/^database: busy/u),
      expect.stringMatching(/busy/u),
    ]);
  });
});

describe('a full disk', () => {
  it('makes a real process whose files cannot grow answer 503, and every stored event stays', async () => {
    const data = await makeFolder();
    const limited = await serve(['--data', data, '--port', '0'], { shell: "trap '' XFSZ; ulimit -f 1500" });
    onTestFinished(async () => void (await limited.end('SIGKILL')));
    const { stdout: token } = await runCollector('token', 'create', '--data', data);
    const enrolled = await enrol(limited.address, token.trim());
    const agent = knownAgent(limited.address, enrolled.agentId, enrolled.agentToken);
    const stored: string[] = [];
    for (let batchNumber = 0; batchNumber < 50; batchNumber += 1) {
      const batch = Array.from({ length: 10 }, () => agent.event({ data: { pad: 'x'.repeat(5000) } }));
      const response = await sendText(agent, JSON.stringify(batch));
      if (response.status !== 200) {
        await expectLater(response);
        break;
      }
      stored.push(...batch.map((event) => JSON.stringify(event)));
    }
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.length).toBeLessThan(500);
    expect((await fetch(`${limited.address}/healthz`)).status).toBe(200);
    await limited.end('SIGTERM');
    expect(await exportedTexts(data)).toEqual(stored);
  });
});

describe('the end of a collector', () => {
  // Well below the 10 s after which the collector cuts connections: it must not wait for an answered one.
  it('answers the request in flight, then closes the database immediately', { timeout: 8000 }, async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const event = JSON.stringify(agent.event());
    const socket = connect(Number(new URL(running.address).port), '127.0.0.1');
    socket.write(
      [
        'POST /v1/events HTTP/1.1',
        'host: collector',
        `authorization: Bearer ${agent.agentToken}`,
        'content-type: application/cloudevents-batch+json',
        `content-length: ${event.length + 2}`,
        'expect: 100-continue',
        '',
        '',
      ].join('\r\n'),
    );
    // The server has read the header when it asks for the rest.
    await once(socket, 'data');
    const closing = running.collector.close();
    socket.write(`[${event}]`);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/u);
    expect(answer).toContain('"status":"stored"');
    await closing;
    expect(await exportedTexts(running.dataDirectory)).toEqual([event]);
  });

  it('does not wait for an unused connection, as browsers open them in advance', {
    timeout: 8000,
  }, async () => {
    const { address, collector } = await startTestCollector();
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    await once(socket, 'connect');
    // An answer to a later connection proves that the server has accepted this one.
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    const ended = once(socket, 'close');
    socket.resume();
    await collector.close();
    await ended;
  });
});
