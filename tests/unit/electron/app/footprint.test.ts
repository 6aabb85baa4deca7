/** That the agent keeps itself small without leaving anything behind that is not its own. */
import { expect, test } from 'vitest';
import { giveMemoryBack, keepGtkWithoutGraphics } from '../../../../electron/app/footprint.ts';

test('the programs that the agent starts get the environment without what was put there for GTK', () => {
  const environment: NodeJS.ProcessEnv = { LANG: 'cy_GB.UTF-8' };
  const forget = keepGtkWithoutGraphics(environment);
  expect(environment).toEqual({ LANG: 'cy_GB.UTF-8', GDK_GL: 'disable' });
  forget();
  expect(environment).toEqual({ LANG: 'cy_GB.UTF-8' });
});

test('what the person has chosen for GTK stays, before and afterwards', () => {
  const environment: NodeJS.ProcessEnv = { GDK_GL: 'always' };
  keepGtkWithoutGraphics(environment)();
  expect(environment).toEqual({ GDK_GL: 'always' });
});

test('frees unreferenced memory, also at a second call', () => {
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
