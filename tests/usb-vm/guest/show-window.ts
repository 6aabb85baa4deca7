/**
 * The built agent in the real Electron on a real X server inside the virtual machine. On requests over a serial line, this
 * program reads the warning's text from the page and presses buttons with the pointer.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { startDisplay } from '../../../build/dev/display.ts';
import { decodeLine } from '../../../electron/storage/outbox/log-line.ts';

const runSchema = z.object({ executable: z.string(), launchArgs: z.array(z.string()) });
const askedSchema = z.discriminatedUnion('ask', [
  /** The text of the warning, once it matches; `''` means that there is no warning. */
  z.object({ id: z.number(), ask: z.literal('text'), until: z.string(), deadlineMs: z.number() }),
  z.object({ id: z.number(), ask: z.literal('press'), name: z.string() }),
  z.object({ id: z.number(), ask: z.literal('screenshot'), file: z.string() }),
  z.object({ id: z.number(), ask: z.literal('reported') }),
]);
type Asked = z.infer<typeof askedSchema>;
const targetsSchema = z.array(z.object({ url: z.string(), webSocketDebuggerUrl: z.string().optional() }));
const evaluatedSchema = z.object({
  // Without a value where the page has not loaded yet.
  result: z.object({ result: z.object({ value: z.unknown().optional() }) }),
});

const shared = '/srv';
const stateFolder = '/tmp/state';
const debuggingPort = 9333;
const lookAgainMs = 1000;
const evaluatesWithinMs = 20_000;

const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

type Evaluated =
  | { readonly page: 'open'; readonly value: unknown }
  | { readonly page: 'none' }
  /** It is opening or closing, or the machine is too slow for now. */
  | { readonly page: 'silent' };

async function evaluate(expression: string): Promise<Evaluated> {
  const deadline = AbortSignal.timeout(evaluatesWithinMs);
  try {
    const response = await fetch(`http://127.0.0.1:${debuggingPort}/json/list`, { signal: deadline });
    const target = targetsSchema
      .parse(await response.json())
      .find(({ url }) => url.includes('media-warning'));
    if (target === undefined) return { page: 'none' };
    if (target.webSocketDebuggerUrl === undefined) return { page: 'silent' };
    return { page: 'open', value: await evaluateIn(target.webSocketDebuggerUrl, expression, deadline) };
  } catch (error) {
    say({ said: 'problem', reason: String(error) });
    return { page: 'silent' };
  }
}

async function evaluateIn(address: string, expression: string, deadline: AbortSignal): Promise<unknown> {
  const socket = new WebSocket(address);
  try {
    return await new Promise((resolve, reject) => {
      deadline.addEventListener('abort', () => reject(new Error('the page does not answer')));
      socket.addEventListener('error', () => reject(new Error('the page cannot be asked')));
      socket.addEventListener('close', () => reject(new Error('the page has gone')));
      socket.addEventListener('message', ({ data }) => {
        const evaluated = evaluatedSchema.safeParse(JSON.parse(String(data)));
        if (evaluated.success) resolve(evaluated.data.result.result.value);
        else reject(new Error('the page answers something else'));
      });
      socket.addEventListener('open', () =>
        socket.send(
          JSON.stringify({
            id: 1,
            method: 'Runtime.evaluate',
            params: { expression, returnByValue: true },
          }),
        ),
      );
    });
  } finally {
    socket.close();
  }
}

async function readText(until: RegExp, deadlineMs: number): Promise<string> {
  const endsAtMs = performance.now() + deadlineMs;
  let text = '';
  for (;;) {
    const evaluated = await evaluate('document.body?.innerText');
    if (evaluated.page !== 'silent') {
      text = evaluated.page === 'open' ? String(evaluated.value ?? '(nothing yet)') : '';
      if (until.test(text)) return text;
    }
    if (performance.now() > endsAtMs) return `not within ${deadlineMs} ms: ${text}`;
    await wait(lookAgainMs);
  }
}

/** Where a button is on the screen, in pixels. */
const placeOf = (name: string) => `(() => {
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent === ${JSON.stringify(name)});
  if (button === undefined) return undefined;
  button.scrollIntoView({ block: 'nearest' });
  const box = button.getBoundingClientRect();
  return [window.screenX + box.x + box.width / 2, window.screenY + box.y + box.height / 2];
})()`;
const placeSchema = z.tuple([z.number(), z.number()]);

/** The media events in the outbox, read as the agent reads them. */
function readReported(): readonly unknown[] {
  const files = readdirSync(stateFolder, { recursive: true, encoding: 'utf8' });
  const lines = files
    .filter((file) => path.basename(file) === 'outbox.log')
    .flatMap((file) => readFileSync(path.join(stateFolder, file), 'utf8').split('\n'));
  return lines.flatMap((line) => {
    const decoded = decodeLine(Buffer.from(line));
    if (decoded.kind !== 'record' || decoded.record.kind !== 'event') return [];
    const { event } = decoded.record;
    return event.type === 'porthor.media.seen.v1' ? [event.data] : [];
  });
}

const { executable, launchArgs } = runSchema.parse(JSON.parse(readFileSync(`${shared}/run.json`, 'utf8')));
say({ said: 'starting' });
const display = await startDisplay({ screens: [{ widthPx: 1024, heightPx: 768 }] });
say({ said: 'display', name: display.name });
const agent = spawn(
  executable,
  [
    ...launchArgs,
    `--remote-debugging-port=${debuggingPort}`,
    '--remote-allow-origins=*',
    '--user-data-dir=/tmp/profile',
    '/mnt',
    '--config',
    `${shared}/config.json`,
  ],
  { env: display.env, stdio: ['ignore', 'pipe', 'pipe'] },
);
for (const stream of [agent.stdout, agent.stderr]) {
  createInterface({ input: stream }).on('line', (line) => say({ said: 'log', line }));
}
agent.once('exit', (code, signal) => say({ said: 'ended', code, signal }));

async function answer(asked: Asked): Promise<unknown> {
  switch (asked.ask) {
    case 'text':
      return readText(new RegExp(asked.until, 'u'), asked.deadlineMs);
    case 'press': {
      const evaluated = await evaluate(placeOf(asked.name));
      const place = placeSchema.safeParse(evaluated.page === 'open' ? evaluated.value : undefined);
      if (!place.success) return 'there is no such button';
      await display.click(Math.round(place.data[0]), Math.round(place.data[1]));
      return 'pressed';
    }
    case 'screenshot':
      await display.screenshot(`${shared}/${asked.file}`);
      return 'taken';
    case 'reported':
      return readReported();
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = askedSchema.parse(JSON.parse(line));
  say({ said: 'asked', asked });
  void answer(asked)
    .catch((error: unknown) => String(error))
    .then((given) => say({ said: 'answer', id: asked.id, answer: given }));
});
