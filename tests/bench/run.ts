/**
 * `npm run bench -- [name]`: runs the benchmarks of this folder and prints one JSON line a figure. Ends with 1 when a
 * figure misses its target or a benchmark fails, with 2 when there is none of that name.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../support/bench/figure.ts';

const notBenchmarks = new Set(['run.ts', 'figure.ts']);

function available(): string[] {
  return readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    .filter((name) => name.endsWith('.ts') && !notBenchmarks.has(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
}

function hasRun(module: unknown): module is { run: () => Promise<Figure[]> } {
  return typeof module === 'object' && module !== null && 'run' in module && typeof module.run === 'function';
}

function meetsTarget({ ratio, target, good }: Figure): boolean {
  return good === 'at-least-target' ? ratio >= target : ratio <= target;
}

async function runBenchmark(name: string): Promise<boolean> {
  const module: unknown = await import(new URL(`${name}.ts`, import.meta.url).href);
  if (!hasRun(module)) throw new Error(`tests/bench/${name}.ts exports no run()`);
  let met = true;
  for (const found of await module.run()) {
    const { bench, ours, floor, unit, ratio, target, runs } = found;
    console.log(JSON.stringify({ bench, ours, floor, unit, ratio, target, runs }));
    if (meetsTarget(found)) continue;
    met = false;
    console.error(`${bench}: ${ratio} misses its target of ${target}`);
  }
  return met;
}

async function main(names: readonly string[]): Promise<number> {
  const known = available();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
    return 2;
  }
  let exitCode = 0;
  for (const name of names.length === 0 ? known : names) {
    try {
      if (!(await runBenchmark(name))) exitCode = 1;
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      exitCode = 1;
    }
  }
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
