/** Runs the parts of a proof side by side, prints what each said as a whole, and ends with a table of all of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { projectRoot, scratchFolder } from '../runtime/paths.ts';
import { explainFailure } from '../runtime/setup-error.ts';
import { endTree } from './process-tree.ts';
import { type Scheduled, schedule } from './schedule.ts';

export interface PartResult {
  readonly passed: boolean;
  /** One line for the table; empty where there is nothing to add. */
  readonly note: string;
  /** A line for each test that failed. The table repeats them, since a log that was cut keeps only its end. */
  readonly failures?: readonly string[];
}

/** How a part runs programs and speaks, so that its output stays together. */
export interface PartShell {
  /** Cores that the part may keep busy. */
  readonly cores: number;
  /** Answers whether the program exited with 0. */
  exec(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<boolean>;
  /** The same for a script that Node runs. */
  node(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<boolean>;
  say(line: string): void;
  /** What the programs have printed so far; empty where it goes to the terminal at once. */
  output(): string;
}

export interface Part extends Scheduled {
  readonly about: string;
  /** Needs so much that it runs only when it is named, and the table names it whenever it did not run. */
  readonly heavy?: true;
  /** The part fails when it takes longer. */
  readonly deadlineMs: number;
  run(shell: PartShell): Promise<PartResult>;
}

interface Row {
  readonly name: string;
  readonly result: PartResult;
  readonly tookMs: number;
}

export interface RunOptions {
  readonly cores: number;
  /** Failures that were found outside the parts, one line each. */
  readonly failures?: readonly string[];
  /** Lines for the end of the table. */
  readonly remarks?: readonly string[];
}

export const resultsFolder = path.join(scratchFolder, 'test-results');
const stillRunningEveryMs = 60_000;

export const binary = (name: string): string => path.join(projectRoot, 'node_modules/.bin', name);

/** Runs all of `steps`, each in turn; the first failure does not hide the next. */
export const runSteps = async (...steps: readonly (() => Promise<boolean>)[]): Promise<PartResult> => {
  let failures = 0;
  for (const step of steps) if (!(await step())) failures += 1;
  return { passed: failures === 0, note: failures === 0 ? '' : `${failures} of ${steps.length} failed` };
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The closing table: a line for each part in the order of the list, and below it one for each failed test. */
const describeRows = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ name, result, tookMs }) => {
    const word = result.passed ? 'passed' : 'FAILED';
    const line = `${word}  ${name.padEnd(14)}${seconds(tookMs).padStart(9)}  ${result.note}`.trimEnd();
    return [line, ...(result.failures ?? []).map((failure) => `          ${failure}`)];
  });

/** One part: its programs, its output, its deadline. */
class PartRun {
  readonly part: Part;
  readonly startedAtMs = performance.now();
  readonly #isLive: boolean;
  readonly #cores: number;
  readonly #logFile: string;
  readonly #children = new Set<ChildProcess>();
  #isStopped = false;

  /** @param isLive prints at once, for a part that runs alone */
  constructor(part: Part, cores: number, isLive: boolean) {
    this.part = part;
    this.#cores = cores;
    this.#isLive = isLive;
    this.#logFile = path.join(resultsFolder, `${part.name}.log`);
    writeFileSync(this.#logFile, '');
  }

  tookMs(): number {
    return performance.now() - this.startedAtMs;
  }

  output(): string {
    return this.#isLive ? '' : readFileSync(this.#logFile, 'utf8');
  }

  /** Ends every program of the part; no other one starts. */
  stop(): void {
    this.#isStopped = true;
    for (const { pid } of this.#children) if (pid !== undefined) endTree(pid);
  }

  /** Never rejects. */
  async run(): Promise<PartResult> {
    const { part } = this;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.stop();
    }, part.deadlineMs);
    try {
      const result = await part.run({
        cores: this.#cores,
        exec: (command, args, env) => this.#exec(command, args, env),
        node: (args, env) => this.#exec(process.execPath, args, env),
        say: (line) => this.#say(line),
        output: () => this.output(),
      });
      if (!isLate) return result;
    } catch (error) {
      this.#say(explainFailure(error));
      if (!isLate) return { passed: false, note: 'it could not run' };
    } finally {
      clearTimeout(timer);
    }
    return { passed: false, note: `it was ended at its deadline of ${seconds(part.deadlineMs)}` };
  }

  #say(line: string): void {
    if (this.#isLive) console.log(line);
    else appendFileSync(this.#logFile, `${line}\n`);
  }

  async #exec(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<boolean> {
    if (this.#isStopped) return false;
    // Scripts that name `node` get the one that runs this, whatever the machine calls `node`.
    const searchPath = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`;
    // A file keeps the order of both streams, and what a program printed before it was killed.
    const target = this.#isLive ? 'inherit' : openSync(this.#logFile, 'a');
    try {
      const child = spawn(command, [...args], {
        cwd: projectRoot,
        stdio: ['ignore', target, target],
        env: { ...process.env, ...env, PATH: searchPath },
        detached: process.platform !== 'win32',
      });
      this.#children.add(child);
      const [code] = (await once(child, 'exit')) as [number | null];
      this.#children.delete(child);
      return code === 0;
    } finally {
      if (typeof target === 'number') closeSync(target);
    }
  }
}

const printWhole = ({ part, output }: { readonly part: Part; readonly output: string }): void => {
  console.log(`\n== ${part.name}: ${part.about}`);
  if (output !== '') process.stdout.write(output.endsWith('\n') ? output : `${output}\n`);
};

/** Runs the parts and prints the table. Answers the exit code. */
export const runParts = async (parts: readonly Part[], options: RunOptions): Promise<number> => {
  mkdirSync(resultsFolder, { recursive: true });
  const isAlone = parts.length === 1;
  const startedAtMs = performance.now();
  const rows = new Map<string, Row>();
  const running = new Map<string, PartRun>();

  const printTable = (): number => {
    const { failures = [], remarks = [] } = options;
    const inOrder = parts.map(({ name }) => rows.get(name)).filter((row) => row !== undefined);
    const failed = inOrder.filter(({ result }) => !result.passed).length + failures.length;
    console.log('\n== result');
    for (const line of describeRows(inOrder)) console.log(line);
    for (const line of failures) console.log(`FAILED  ${line}`);
    for (const line of remarks) console.log(line);
    const took = seconds(performance.now() - startedAtMs);
    console.log(`${failed === 0 ? 'All passed' : `${failed} FAILED`} in ${took}`);
    return failed === 0 ? 0 : 1;
  };

  const end = (run: PartRun, result: PartResult): void => {
    rows.set(run.part.name, { name: run.part.name, result, tookMs: run.tookMs() });
    running.delete(run.part.name);
    if (!isAlone) printWhole({ part: run.part, output: run.output() });
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    for (const run of [...running.values()]) {
      run.stop();
      end(run, { passed: false, note: `ended by ${signal} before it was done` });
    }
    for (const { name } of parts) {
      if (rows.has(name)) continue;
      rows.set(name, { name, result: { passed: false, note: `not started before ${signal}` }, tookMs: 0 });
    }
    printTable();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const reminder = setInterval(() => {
    const names = [...running.values()].map((run) => `${run.part.name} ${seconds(run.tookMs())}`);
    if (!isAlone) console.log(`still running: ${names.join(', ')}`);
  }, stillRunningEveryMs);
  try {
    await schedule(parts, options.cores, async (part) => {
      // Alone on the machine, a part may use all of it.
      const run = new PartRun(part, isAlone ? options.cores : Math.min(part.cores, options.cores), isAlone);
      running.set(part.name, run);
      if (isAlone) printWhole({ part, output: '' });
      else console.log(`${part.name}: started`);
      const result = await run.run();
      if (running.has(part.name)) end(run, result);
    });
  } finally {
    clearInterval(reminder);
    for (const signal of signals) process.off(signal, onSignal);
  }
  return printTable();
};
