/** The demonstration with stand-ins for collector and agent: what it says, what it leaves, and that it ends everything. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DemoParts, runDemo } from '../../../build/dev/demo.ts';
import { startDisplay } from '../../../build/dev/display.ts';
import { isRunning } from '../../support/is-running.ts';

const script = (source: string) => ({ command: process.execPath, args: ['-e', source] });
const servingCollector = script(
  `console.log('listening on http://127.0.0.1:1234'); console.log('console http://127.0.0.1:1234/sign-in?code=x');
   console.error('pid ' + process.pid); setInterval(() => {}, 1000);`,
);
const paintedAgent = `console.log('pid ' + process.pid); console.log('gate painted 812'); setInterval(() => {}, 1000);`;

describe('the demonstration', () => {
  let folder: string;
  let lines: string[];
  let controller: AbortController;

  const partsOf = (parts: Partial<DemoParts>): DemoParts => ({
    collector: servingCollector,
    createToken: script(`console.log('token-1')`),
    agent: () => script(paintedAgent),
    display: { env: process.env, virtual: undefined, description: '' },
    folder,
    print: (line) => {
      lines.push(line);
      if (line === 'Ctrl+C ends all of it.') controller.abort();
    },
    ...parts,
  });
  const pids = () => lines.flatMap((line) => line.match(/: pid (\d+)$/)?.[1] ?? []).map(Number);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-demo-'));
    lines = [];
    controller = new AbortController();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gives the agent the collector’s address and token, and ends both on Ctrl+C', async () => {
    let configFile = '';
    const agent = (file: string) => {
      configFile = file;
      return script(paintedAgent);
    };
    expect(await runDemo(partsOf({ agent }), controller.signal)).toBe(130);
    expect(JSON.parse(await readFile(configFile, 'utf8'))).toMatchObject({
      collectorUrl: 'http://127.0.0.1:1234',
      enrolmentToken: 'token-1',
      stateDirectory: path.join(folder, 'demo-state'),
    });
    expect((await stat(configFile)).mode & 0o077).toBe(0);
    expect(lines).toContain('Collector: http://127.0.0.1:1234');
    expect(lines).toContain('Its console, good once: http://127.0.0.1:1234/sign-in?code=x');
    expect(lines).toContain('The gate is on the screen.');
    expect(lines.at(-1)).toBe('Ctrl+C ends all of it.');
    expect(pids()).toHaveLength(2);
    for (const pid of pids()) expect(isRunning(pid)).toBe(false);
  });

  test('on a virtual display leaves a screenshot of the gate and says where', async () => {
    const virtual = await startDisplay();
    const display = { env: virtual.env, virtual, description: '' };
    await runDemo(partsOf({ display }), controller.signal);
    await virtual.stop();
    const file = path.join(folder, 'screenshots', 'gate.png');
    expect((await stat(file)).size).toBeGreaterThan(0);
    expect(lines).toContain(`What the virtual display shows: ${file}`);
  });

  test('ends when the agent is left, and says so', async () => {
    const agent = () => script(`console.log('gate painted 1'); process.exitCode = 0`);
    const print = (line: string) => {
      lines.push(line);
    };
    expect(await runDemo(partsOf({ agent, print }), controller.signal)).toBe(0);
    expect(lines).toContain('The agent has ended.');
    expect(lines.at(-1)).toBe('The agent has ended.');
    expect(pids().some(isRunning)).toBe(false);
  });

  test('an agent that fails is a failure', async () => {
    const agent = () => script(`console.error('no policy'); process.exitCode = 7`);
    expect(
      await runDemo(
        partsOf({ agent, deadlines: { collectorMs: 10_000, gateMs: 10_000 } }),
        controller.signal,
      ),
    ).toBe(1);
    expect(lines).toContain('agent: no policy');
    expect(lines).toContain('The agent ended unexpectedly (exit code 7).');
  });

  test('a collector that cannot take its port passes its own words on, and nothing else is started', async () => {
    const collector = script(`console.error('Port 8437 is taken.'); process.exitCode = 1`);
    const agent = () => {
      throw new Error('the agent must not be started');
    };
    await expect(runDemo(partsOf({ collector, agent }), controller.signal)).rejects.toThrow(
      /Port 8437 is taken\./,
    );
  });

  test('a collector that dies later ends the agent', async () => {
    const collector = script(
      `console.log('listening on http://127.0.0.1:1'); console.log('console http://127.0.0.1:1/');
       process.on('SIGUSR2', () => process.exit(5)); console.error('pid ' + process.pid); setInterval(() => {}, 1000);`,
    );
    const print = (line: string) => {
      lines.push(line);
      if (line === 'Ctrl+C ends all of it.') process.kill(pids()[0] ?? 0, 'SIGUSR2');
    };
    expect(await runDemo(partsOf({ collector, print }), controller.signal)).toBe(1);
    expect(lines).toContain('The collector ended unexpectedly (exit code 5).');
    expect(pids()).toHaveLength(2);
    for (const pid of pids()) expect(isRunning(pid)).toBe(false);
  });

  test('an account that has accepted already is reported at once, and the agent goes on', async () => {
    const agent = () => script(`console.log('gate open receipt'); setInterval(() => {}, 1000)`);
    const print = (line: string) => {
      lines.push(line);
      if (line === 'Ctrl+C ends all of it.') controller.abort();
    };
    expect(await runDemo(partsOf({ agent, print }), controller.signal)).toBe(130);
    expect(lines.some((line) => line.startsWith('This account has accepted already'))).toBe(true);
  });

  test('an agent that shows no gate is reported, and goes on', async () => {
    const agent = () => script('setInterval(() => {}, 1000)');
    const deadlines = { collectorMs: 10_000, gateMs: 200 };
    expect(await runDemo(partsOf({ agent, deadlines }), controller.signal)).toBe(130);
    expect(lines.some((line) => line.startsWith('No gate appeared'))).toBe(true);
  });

  test('interrupted while the collector starts, it leaves nothing', async () => {
    const collector = script(`console.error('pid ' + process.pid); setInterval(() => {}, 1000)`);
    const print = (line: string) => {
      lines.push(line);
      if (line.startsWith('collector: pid')) controller.abort();
    };
    expect(await runDemo(partsOf({ collector, print }), controller.signal)).toBe(130);
    expect(pids()).toHaveLength(1);
    expect(pids().some(isRunning)).toBe(false);
  });
});
