/** Accepts the policy on the gate's page through Chromium's debugging protocol. No tool stays attached. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { words } from '../e2e/answer.ts';

const targetsSchema = z.array(z.object({ url: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({
  id: z.number(),
  error: z.unknown().optional(),
  result: z.unknown().optional(),
});
const stepDeadlineMs = 15_000;

interface Page {
  call(method: string, params: object): Promise<unknown>;
  close(): void;
}

async function connect(address: string): Promise<Page> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: z.infer<typeof answerSchema>) => void>();
  let calls = 0;
  socket.addEventListener('message', ({ data }) => {
    const answer = answerSchema.safeParse(JSON.parse(String(data)));
    if (answer.success) waiting.get(answer.data.id)?.(answer.data);
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('bench: the gate: no debugger answers')), {
      once: true,
    });
  });
  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        calls += 1;
        const id = calls;
        const timer = setTimeout(() => reject(new Error(`bench: ${method}: no answer`)), stepDeadlineMs);
        waiting.set(id, (answer) => {
          clearTimeout(timer);
          waiting.delete(id);
          if (answer.error === undefined) resolve(answer.result);
          else reject(new Error(`bench: ${method}: ${JSON.stringify(answer.error)}`));
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}

/** Ticks, types and presses like a user. Waits in the page for each next step. */
const script = (texts: (typeof words)['en-GB']) => `(async () => {
  const until = async (find) => {
    const endsAt = performance.now() + ${stepDeadlineMs};
    for (;;) {
      const found = find();
      if (found) return found;
      if (performance.now() > endsAt) throw new Error('not there: ' + find);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  const press = async (text) =>
    (await until(() => [...document.querySelectorAll('button')].find((button) => button.textContent.trim() === text))).click();
  const texts = ${JSON.stringify(texts)};
  await press('English').catch(() => undefined);
  await until(() => document.querySelector('input[type=checkbox]'));
  for (const box of document.querySelectorAll('input[type=checkbox]')) if (!box.checked) box.click();
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  for (const field of document.querySelectorAll('input:not([type=checkbox])')) {
    setValue.call(field, field.value || 'Bench');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  await press(texts.accept);
  await press(texts.confirm);
  await press(texts.continue);
})()`;

/** The program must run with `--remote-debugging-port=0`. It writes its port into its profile. */
export async function acceptByDebugger(profileFolder: string): Promise<void> {
  const [port = ''] = (await readFile(path.join(profileFolder, 'DevToolsActivePort'), 'utf8')).split('\n');
  const targets = targetsSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json());
  const gate = targets.find(({ url }) => url.endsWith('/gate.html'));
  if (gate === undefined) throw new Error('bench: there is no gate to accept');
  const page = await connect(gate.webSocketDebuggerUrl);
  try {
    // The last press closes the page, and with it the answer to this call. The agent's output decides whether it worked.
    await page
      .call('Runtime.evaluate', { expression: script(words['en-GB']), awaitPromise: true })
      .catch((error: unknown) => {
        if (!/context was destroyed|closed|no answer/iu.test(String(error))) throw error;
      });
  } finally {
    page.close();
  }
}
