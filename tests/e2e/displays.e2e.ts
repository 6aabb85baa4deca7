/** The gate on several displays that come and go. */
import { expect } from '@playwright/test';
import type { Rectangle } from '../../electron/domain/gate/plan-cover.ts';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { type RunningAgent, test } from '../support/e2e/world.ts';

test.use({
  desk: {
    screens: [
      { widthPx: 1280, heightPx: 1024 },
      { widthPx: 1280, heightPx: 1024 },
    ],
  },
});

interface Placement {
  readonly page: string;
  readonly bounds: Rectangle;
  readonly visible: boolean;
  readonly onTop: boolean;
}

/** Where the agent's windows are, left to right. */
function placements(agent: RunningAgent): Promise<readonly Placement[]> {
  return agent.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .map((window) => ({
        page: /([a-z]+)\.html/u.exec(window.webContents.getURL())?.[1] ?? '',
        bounds: window.getBounds(),
        visible: window.isVisible(),
        onTop: window.isAlwaysOnTop(),
      }))
      .sort((left, right) => left.bounds.x - right.bounds.x),
  );
}

const left = { x: 0, y: 0, width: 1280, height: 1024 };
const right = { x: 1280, y: 0, width: 1280, height: 1024 };
const shown = (page: string, bounds: Rectangle): Placement => ({ page, bounds, visible: true, onTop: true });

test('the agent covers every display to its edges, and the gate follows the user to the other one', async ({
  world,
}) => {
  await world.display.movePointer(600, 500);
  const agent = await world.start();
  const gate = await agent.gate();
  await expect.poll(() => placements(agent)).toEqual([shown('gate', left), shown('cover', right)]);
  await world.screenshot('gate-and-cover-en-GB', gate);
  await gate.getByRole('button', { name: 'Cymraeg' }).click();
  await world.screenshot('gate-and-cover-cy-GB', gate);
  await world.display.click(1900, 500);
  await expect.poll(() => placements(agent)).toEqual([shown('cover', left), shown('gate', right)]);
});

test('the display with the gate is unplugged and plugged in again: the input stays, and the user can accept', async ({
  world,
}) => {
  await world.display.movePointer(1900, 500);
  const agent = await world.start();
  const gate = await agent.gate();
  await expect.poll(() => placements(agent)).toEqual([shown('cover', left), shown('gate', right)]);
  await gate.getByRole('textbox', { name: 'Full name' }).fill('Siân');

  const [, second] = await world.display.screens();
  await world.display.removeScreen(second?.name ?? '');
  await expect.poll(() => placements(agent)).toEqual([shown('gate', left)]);
  await expect(gate.getByRole('textbox', { name: 'Full name' })).toHaveValue('Siân');

  await world.display.addScreen({ widthPx: 1280, heightPx: 1024 });
  await expect.poll(() => placements(agent)).toEqual([shown('gate', left), shown('cover', right)]);

  const [first] = await world.display.screens();
  await world.display.resizeScreen(first?.name ?? '', { widthPx: 1024, heightPx: 768 });
  await expect
    .poll(async () => (await placements(agent)).find(({ page }) => page === 'gate')?.bounds)
    .toEqual({ x: 0, y: 0, width: 1024, height: 768 });

  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
});

test('the agent restores a moved, resized, hidden or closed gate window at once, and reports it', async ({
  world,
}) => {
  const agent = await world.start();
  await agent.gate();
  const settled = async () => {
    const found = await placements(agent);
    return found.map(({ page, bounds, visible }) => ({ page, bounds, visible })).length === 2 &&
      found.every(({ visible }) => visible)
      ? found.map(({ bounds }) => bounds)
      : [];
  };
  await expect.poll(settled).toEqual([left, right]);
  for (const harm of ['move', 'hide', 'close'] as const) {
    await agent.app.evaluate(({ BrowserWindow }, what) => {
      for (const window of BrowserWindow.getAllWindows()) {
        if (what === 'move') window.setBounds({ x: 100, y: 100, width: 300, height: 300 });
        else if (what === 'hide') window.hide();
        else window.close();
      }
    }, harm);
    await expect.poll(settled).toEqual([left, right]);
  }
  expect(await agent.log()).toContain('interrupted: window-closed');
});
