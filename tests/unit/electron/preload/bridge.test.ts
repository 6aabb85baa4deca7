/** What a page gets from its preload script, and that it gets no more than its contract. */
import { beforeEach, expect, test, vi } from 'vitest';
import { channels } from '../../../../shared/ipc/contract.ts';
import { coverContract } from '../../../../shared/ipc/cover.ts';
import { gateContract } from '../../../../shared/ipc/gate.ts';
import { aboutContract } from '../../../../shared/ipc/information.ts';

type Listener = (event: unknown, payload: unknown) => void;

interface Bridge {
  getState(): Promise<unknown>;
  onState(listener: (revised: unknown) => void): () => void;
  readonly calls: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
}

const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  invoked: [] as unknown[][],
  listeners: new Map<string, Set<unknown>>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => electron.exposed.set(name, value),
  },
  ipcRenderer: {
    invoke: (...sent: unknown[]) => {
      electron.invoked.push(sent);
      return Promise.resolve('answer');
    },
    on: (channel: string, listener: Listener) => {
      electron.listeners.set(channel, (electron.listeners.get(channel) ?? new Set()).add(listener));
    },
    off: (channel: string, listener: Listener) => electron.listeners.get(channel)?.delete(listener),
  },
}));

beforeEach(() => {
  electron.exposed.clear();
  electron.invoked.length = 0;
  electron.listeners.clear();
  vi.resetModules();
});

function exposedBridge(): Bridge {
  expect([...electron.exposed.keys()]).toEqual(['porthor']);
  return electron.exposed.get('porthor') as Bridge;
}

const scripts = [
  { contract: gateContract, load: () => import('../../../../electron/preload/gate.ts') },
  { contract: coverContract, load: () => import('../../../../electron/preload/cover.ts') },
  { contract: aboutContract, load: () => import('../../../../electron/preload/about.ts') },
] as const;

test.each(scripts)(
  '$contract.window: exposes the calls of its contract, each on its own channel',
  async ({ contract, load }) => {
    await load();
    const bridge = exposedBridge();
    const names = Object.keys(contract.calls);
    expect(Object.keys(bridge).toSorted()).toEqual(['calls', 'getState', 'onState']);
    expect(Object.keys(bridge.calls).toSorted()).toEqual(names.toSorted());
    for (const name of names) await bridge.calls[name]?.({ some: 'input' });
    await bridge.getState();
    expect(electron.invoked).toEqual([
      ...Object.keys(bridge.calls).map((name) => [channels.call(contract.window, name), { some: 'input' }]),
      [channels.getState(contract.window)],
    ]);
  },
);

test('passes on states without the event, which would expose the sender, and stops when asked', async () => {
  await import('../../../../electron/preload/cover.ts');
  const bridge = exposedBridge();
  const heard: unknown[][] = [];
  const stop = bridge.onState((...all: unknown[]) => heard.push(all));
  const listeners = electron.listeners.get(channels.state('cover'));
  for (const listener of listeners ?? []) (listener as Listener)({ sender: 'secret' }, { revision: 2 });
  expect(heard).toEqual([[{ revision: 2 }]]);
  stop();
  expect(listeners?.size).toBe(0);
});
