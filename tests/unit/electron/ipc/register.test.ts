/** Which windows may call the main process, how it reports refused calls, and what it sends. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { expectWindow, type Refusal, registerWindow } from '../../../../electron/ipc/register.ts';
import { channels, defineWindow } from '../../../../shared/ipc/contract.ts';

type Handler = (event: unknown, input?: unknown) => Promise<unknown>;

const electron = vi.hoisted(() => ({ handlers: new Map<string, unknown>() }));

vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, handler: unknown) => {
      if (electron.handlers.has(channel)) throw new Error(`a second handler for ${channel}`);
      electron.handlers.set(channel, handler);
    },
    removeHandler: (channel: string) => electron.handlers.delete(channel),
  },
}));

const contract = defineWindow({
  window: 'trial',
  state: z.strictObject({ shown: z.string() }),
  calls: {
    double: {
      input: z.strictObject({ number: z.number() }),
      output: z.strictObject({ doubled: z.number() }),
    },
  },
});
const address = 'porthor://app/trial.html';

function createPage(url = address) {
  const frame = { url };
  const sent: unknown[] = [];
  const page = {
    mainFrame: frame,
    isGone: false,
    sent,
    isDestroyed: () => page.isGone,
    isCrashed: () => false,
    send: (...all: unknown[]) => sent.push(all),
  };
  return page;
}
type Page = ReturnType<typeof createPage>;

const eventOf = (page: Page, senderFrame: unknown = page.mainFrame) => ({ sender: page, senderFrame });

let refusals: Refusal[];
let open: Page[];
beforeEach(() => {
  electron.handlers.clear();
  refusals = [];
  open = [];
});

function register(double: (number: number) => Promise<{ doubled: number }>) {
  return registerWindow({
    contract,
    initialState: { shown: 'first' },
    handlers: { double: ({ number }) => double(number) },
    windows: () => open as never,
    pageUrl: address,
    onRefused: (refusal) => refusals.push(refusal),
  });
}
/** Calls a handler as Electron does: an error that it throws is a rejection. */
const call = async (channel: string, event: unknown, input?: unknown) =>
  (electron.handlers.get(channel) as Handler)(event, input);
const doubleChannel = channels.call('trial', 'double');
const stateChannel = channels.getState('trial');
const twice = (number: number) => Promise.resolve({ doubled: 2 * number });

describe('a page that asks for its state', () => {
  it('gets the state drawn, once the state is worth an answer', async () => {
    let settle = () => {};
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const channel = registerWindow({
      contract,
      initialState: { shown: 'first' },
      handlers: { double: ({ number }) => twice(number) },
      windows: () => open as never,
      pageUrl: address,
      onRefused: (refusal) => refusals.push(refusal),
      mayAnswer: () => settled,
      draw: ({ shown }) => ({ html: `<h1>${shown}</h1>`, pageSize: { width: 800, height: 600 } }),
    });
    const page = createPage();
    open = [page];
    const asked = call(stateChannel, eventOf(page));
    channel.push({ shown: 'second' });
    settle();
    await expect(asked).resolves.toEqual({
      revision: 2,
      state: { shown: 'second' },
      drawn: { html: '<h1>second</h1>', pageSize: { width: 800, height: 600 } },
    });
  });
});

describe('a call from a window', () => {
  it('is answered for the main frame of an open window of this kind', async () => {
    register(twice);
    const page = createPage();
    open = [page];
    await expect(call(doubleChannel, eventOf(page), { number: 21 })).resolves.toEqual({ doubled: 42 });
    expect(refusals).toEqual([]);
  });

  it.each([
    ['another window', () => eventOf(createPage())],
    ['a frame inside', (page: Page) => eventOf(page, { url: address })],
    ['a frame that is gone', (page: Page) => eventOf(page, null)],
  ])('is refused for %s, and reported', async (_who, event) => {
    register(twice);
    const page = createPage();
    open = [page];
    await expect(call(doubleChannel, event(page), { number: 1 })).rejects.toThrow('refused');
    expect(refusals).toHaveLength(1);
  });

  it('is refused where the window shows another address, or where the input does not fit the contract', async () => {
    register(twice);
    const elsewhere = createPage('https://example.org/');
    const page = createPage();
    open = [elsewhere, page];
    await expect(call(doubleChannel, eventOf(elsewhere), { number: 1 })).rejects.toThrow('refused');
    await expect(call(doubleChannel, eventOf(page), { number: '1' })).rejects.toThrow('refused');
    expect(refusals.map(({ reason }) => reason)).toEqual([
      'sender shows another address',
      'input does not fit the contract',
    ]);
  });

  it('that fails inside is reported, and gives the page no detail of it', async () => {
    register(() => Promise.reject(new TypeError('no such property: secret')));
    const page = createPage();
    open = [page];
    const answer = call(doubleChannel, eventOf(page), { number: 1 });
    await expect(answer).rejects.toThrow('This call was refused.');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ window: 'trial', channel: doubleChannel });
    expect(refusals[0]?.reason).toContain('no such property');
  });
});

describe('a prewarmed window', () => {
  it('gets its state once the main process may answer', async () => {
    let settle = () => {};
    expectWindow('trial', new Promise<void>((resolve) => (settle = resolve)));
    const page = createPage();
    open = [page];
    const answer = call(stateChannel, eventOf(page));
    register(twice);
    settle();
    await expect(answer).resolves.toEqual({ revision: 1, state: { shown: 'first' } });
  });

  it('does not count as an intruder when it was closed before the answer', async () => {
    let settle = () => {};
    expectWindow('trial', new Promise<void>((resolve) => (settle = resolve)));
    const page = createPage();
    const answer = call(stateChannel, eventOf(page));
    register(twice);
    page.isGone = true;
    settle();
    await expect(answer).rejects.toThrow('gone');
    expect(refusals).toEqual([]);
  });
});

it('the main process sends states under a rising revision, and leaves no handler behind', () => {
  const channel = register(twice);
  const page = createPage();
  open = [page];
  channel.push({ shown: 'second' });
  channel.push({ shown: 'third' });
  expect(page.sent).toEqual([
    [channels.state('trial'), { revision: 2, state: { shown: 'second' } }],
    [channels.state('trial'), { revision: 3, state: { shown: 'third' } }],
  ]);
  channel.dispose();
  expect(electron.handlers.size).toBe(0);
});

describe('a state that does not fit the contract', () => {
  const wrong = { shown: 7 } as never;

  it('is never sent; it is reported once, and the next good one is sent', () => {
    const channel = register(twice);
    const page = createPage();
    open = [page];
    channel.push(wrong);
    channel.push(wrong);
    expect(page.sent).toEqual([]);
    expect(refusals).toEqual([
      {
        window: 'trial',
        channel: stateChannel,
        reason: 'state does not fit the contract: shown: invalid_type',
      },
    ]);
    channel.push({ shown: 'good' });
    expect(page.sent).toEqual([[channels.state('trial'), { revision: 4, state: { shown: 'good' } }]]);
    channel.push(wrong);
    expect(refusals).toHaveLength(2);
  });

  it('leaves the last good one to a page that asks', async () => {
    const channel = register(twice);
    const page = createPage();
    open = [page];
    channel.push({ shown: 'good' });
    channel.push(wrong);
    await expect(call(stateChannel, eventOf(page))).resolves.toEqual({
      revision: 2,
      state: { shown: 'good' },
    });
  });

  it('is refused to a page that asks while there was no good one', async () => {
    registerWindow({
      contract,
      initialState: { shown: 'first', more: 'than the contract' } as never,
      handlers: { double: ({ number }) => twice(number) },
      windows: () => open as never,
      pageUrl: address,
      onRefused: (refusal) => refusals.push(refusal),
    });
    const page = createPage();
    open = [page];
    await expect(call(stateChannel, eventOf(page))).rejects.toThrow('There is no state to show.');
    expect(refusals).toMatchObject([{ reason: 'state does not fit the contract: : unrecognized_keys' }]);
  });

  it('costs nothing while no window is open', () => {
    const channel = register(twice);
    channel.push(wrong);
    expect(refusals).toEqual([]);
  });
});
