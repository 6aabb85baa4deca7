/** The agent keeps itself small and changes no setting of the user. */
import { expect, test } from 'vitest';
import {
  checkWithoutCompiler,
  giveMemoryBack,
  keepGtkWithoutGraphics,
} from '../../../../electron/app/footprint.ts';

test('the agent’s own GTK settings do not reach the programs that it starts', () => {
  const environment: NodeJS.ProcessEnv = { LANG: 'cy_GB.UTF-8' };
  const forget = keepGtkWithoutGraphics(environment);
  expect(environment).toEqual({ LANG: 'cy_GB.UTF-8', GDK_GL: 'disable' });
  forget();
  expect(environment).toEqual({ LANG: 'cy_GB.UTF-8' });
});

test('the user’s own GTK settings stay, before and afterwards', () => {
  const environment: NodeJS.ProcessEnv = { GDK_GL: 'always' };
  keepGtkWithoutGraphics(environment)();
  expect(environment).toEqual({ GDK_GL: 'always' });
});

test('the agent frees unreferenced memory, also at a second call', () => {
  const held: { one: object | undefined } = { one: { large: new Array(1_000_000).fill('x') } };
  const watched = new WeakRef(held.one ?? {});
  giveMemoryBack();
  expect(watched.deref()).toBeDefined();
  held.one = undefined;
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    giveMemoryBack();
    expect(watched.deref()).toBeUndefined();
  });
});

test('zod compiles no code for its schemas in the agent', async () => {
  checkWithoutCompiler();
  const { config } = await import('zod');
  expect(config().jitless).toBe(true);
});
