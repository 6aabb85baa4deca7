/** The deep self-check of the product itself: its boxes on the screen, answered by the keyboard, and its report. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { type RunResult, run } from '../../build/runtime/child.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot, scratchFolder } from '../../build/runtime/paths.ts';
import {
  type DeepAnswer,
  type DeepQuestionName,
  type DeepStep,
  deepQuestionNames,
} from '../../shared/self-check/deep-report.ts';
import { selfCheckReportSchema } from '../../shared/self-check/report.ts';
import { test, type World } from '../support/e2e/world.ts';
import { ensureLogindPrograms, startPrivateLogind } from '../support/private-logind.ts';

const goOn = 'Return';
const skip = 'Escape';
const title = 'Porthor self-check';

/** The window of the box that is open now; undefined where there is none. */
async function findBox(world: World): Promise<string | undefined> {
  const search = ['search', '--onlyvisible', '--name', `^${title}$`];
  const { stdout } = await run('xdotool', search, { env: world.display.env, deadlineMs: 20_000 });
  return stdout.trim().split('\n').at(-1) || undefined;
}

/** Electron alone passes an answer on up to 30 seconds late; five of these are the cover's own. */
const nextBoxWithinMs = 20_000;

/** Answers the boxes in their order. */
async function answerBoxes(world: World, answers: readonly (readonly [DeepStep, string])[]): Promise<void> {
  const pictures = path.join(scratchFolder, 'screenshots/desktop');
  await mkdir(pictures, { recursive: true });
  let last: string | undefined;
  for (const [step, key] of answers) {
    await expect
      .poll(
        async () => {
          const box = await findBox(world);
          return box !== undefined && box !== last;
        },
        { timeout: nextBoxWithinMs },
      )
      .toBe(true);
    last = await findBox(world);
    await run('xdotool', ['windowfocus', '--sync', last ?? ''], {
      env: world.display.env,
      deadlineMs: 20_000,
    });
    await world.display.screenshot(path.join(pictures, `deep-${step}.png`));
    await world.display.pressKey(key);
  }
}

test.describe('the deep self-check', () => {
  test.setTimeout(120_000);

  test('asks before each step, goes on at once, and says what it saw', async ({ world }) => {
    await ensureLogindPrograms();
    const [runtime, logind] = await Promise.all([ensureRuntime(), startPrivateLogind()]);
    try {
      await logind.giveLockScreen(await logind.addSession('c1', process.getuid?.() ?? -1));
      await world.configure({ media: { mode: 'off' } });
      const check = async (...answers: readonly (readonly [DeepStep, string])[]): Promise<RunResult> => {
        const running = run(
          runtime.executablePath,
          [
            ...runtime.launchArgs,
            `--user-data-dir=${path.join(world.folder, 'profile')}`,
            projectRoot,
            ...['--config', path.join(world.folder, 'config.json')],
            ...['--self-check', '--deep', '--json'],
          ],
          {
            env: { ...world.display.env, ...logind.environment, XDG_SESSION_ID: 'c1' },
            deadlineMs: 110_000,
          },
        );
        await answerBoxes(world, answers);
        return running;
      };

      const result = await check(['stick-in', skip], ['cover', goOn], ['lock', goOn]);
      expect(result.outcome, result.stderr).toBe('exited');
      const { deep = [] } = selfCheckReportSchema.parse(JSON.parse(result.stdout));
      expect(deep.map(({ name }) => name)).toEqual([...deepQuestionNames]);
      const answerTo = (name: DeepQuestionName): Partial<DeepAnswer> =>
        deep.find((answer) => answer.name === name) ?? {};
      expect(answerTo('stick-in').outcome).toBe('skipped');
      expect(answerTo('stick-out').outcome).toBe('skipped');
      expect(answerTo('cover')).toMatchObject({ outcome: 'answered' });
      expect(answerTo('cover').seen).toContain('covered 100.00 %');
      expect(answerTo('keyboard')).toMatchObject({
        outcome: 'answered',
        seen: 'window; Electron says: ours',
      });
      expect(answerTo('lock')).toMatchObject({ outcome: 'answered', seen: 'confirmed' });
    } finally {
      await logind.stop();
    }
  });
});
