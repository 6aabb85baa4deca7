/** Runs the built agent alone, unpackaged: `npm run agent -- --config FILE [--demo]`, or `-- --self-check`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { prepareAgent } from './agent-command.ts';
import { hasDisplay } from './display.ts';

/** The exit code a shell gives to a process that a signal ended. */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

/**
 * What the runtime must know before it looks for a display. The self-check shows nothing, and Chromium's own lines about
 * services that are not there would stand above its report, which names them in plain words.
 */
export const runtimeArgumentsFor = (given: readonly string[], isShown: boolean): readonly string[] => {
  if (!given.includes('--self-check')) return [];
  return ['--log-level=3', ...(isShown ? [] : ['--ozone-platform=headless'])];
};

const main = async (): Promise<number> => {
  const given = process.argv.slice(2);
  const isSelfCheck = given.includes('--self-check');
  const isShown = await hasDisplay(process.env);
  const { command, args } = await prepareAgent([...runtimeArgumentsFor(given, isShown), ...given]);
  if (!isShown && !isSelfCheck) {
    throw new SetupError(
      'There is no display for the agent to appear on.',
      'Run it from a desktop session. `npm start` brings a virtual display of its own.',
    );
  }
  const child = spawn(command, [...args], { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, passOn);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return exitCodeOf(code, signal);
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
};

if (import.meta.main) await runMain(main);
