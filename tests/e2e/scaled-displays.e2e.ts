/** The gate at display scales at which no window has exactly the size of its display. */
import { expect } from '@playwright/test';
import { type RunningAgent, test } from '../support/e2e/world.ts';

/** A panel of many laptops; at 125 % its width is no whole number of device-independent pixels. */
test.use({ desk: { screens: [{ widthPx: 1366, heightPx: 768 }] } });

declare global {
  /** Counts what the agent asks of its windows. */
  var gateRequests: { bounds: number; checks: number };
}

/** Counts the requests for bounds. Each check of the gate ends with putting the window on top. */
function countRequests(agent: RunningAgent): Promise<void> {
  return agent.app.evaluate(({ BrowserWindow }) => {
    globalThis.gateRequests = { bounds: 0, checks: 0 };
    for (const window of BrowserWindow.getAllWindows()) {
      const setBounds = window.setBounds.bind(window);
      const moveTop = window.moveTop.bind(window);
      window.setBounds = (bounds) => {
        globalThis.gateRequests.bounds += 1;
        setBounds(bounds);
      };
      window.moveTop = () => {
        globalThis.gateRequests.checks += 1;
        moveTop();
      };
    }
  });
}

const requests = (agent: RunningAgent) => agent.app.evaluate(() => globalThis.gateRequests);

for (const scale of [1.25, 1.75]) {
  for (const fillsByFullScreen of [true, false]) {
    const how = fillsByFullScreen ? 'full screen' : 'bounds';
    test(`at ${scale * 100} % the gate covers its display by ${how}, is left alone, and reports no loss`, async ({
      world,
    }) => {
      await world.script({ fillsByFullScreen });
      const agent = await world.start({ electronFlags: [`--force-device-scale-factor=${scale}`] });
      await agent.gate();
      await countRequests(agent);
      await expect.poll(async () => (await requests(agent)).checks).toBeGreaterThanOrEqual(6);
      const before = (await requests(agent)).bounds;
      await expect.poll(async () => (await requests(agent)).checks).toBeGreaterThanOrEqual(12);
      expect((await requests(agent)).bounds, 'nothing is set any more').toBe(before);
      const uncovered = await agent.app.evaluate(({ BrowserWindow, screen }) => {
        const [display, window] = [screen.getPrimaryDisplay().bounds, BrowserWindow.getAllWindows()[0]];
        const bounds = window?.getBounds() ?? { x: 0, y: 0, width: 0, height: 0 };
        return Math.max(display.width - bounds.width - bounds.x, display.height - bounds.height - bounds.y);
      });
      expect(uncovered).toBeLessThanOrEqual(0);
      expect(await agent.log()).not.toContain('interrupted');
    });
  }
}
