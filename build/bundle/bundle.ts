/** Runs the bundler with what all bundles of the project share. */
import type { InlineConfig } from 'vite';
import { projectRoot } from '../runtime/paths.ts';

/**
 * Always makes the production form. The bundler would follow `NODE_ENV`, which a test run or a developer's shell sets:
 * the pages would then hold React's development form, and the main process could not draw its first screen.
 */
export async function bundle(config: InlineConfig): Promise<void> {
  const { build } = await import('vite');
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      root: projectRoot,
      publicDir: false,
      // In code for the main process the bundler leaves the question open until the program runs.
      define: { 'process.env.NODE_ENV': '"production"' },
      ...config,
    });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
