/** What a browser downloads before the first page shows, as the collector sends it. */
import { expect, it } from 'vitest';
import { setUpConsole } from '../support/console/open-console.ts';

const mostBytes = 250 * 1024;
const world = setUpConsole();

it.each([
  ['br', 'br, gzip, deflate'],
  ['gzip', 'gzip, deflate'],
])('sends the first page in at most 250 KB, compressed with %s', async (encoding, accepted) => {
  const running = await world.start();
  const { page } = await world.open({ extraHTTPHeaders: { 'accept-encoding': accepted } });
  const sent: (string | undefined)[] = [];
  page.on('response', (response) => {
    if (/\.(?:js|css)$/u.test(response.url())) sent.push(response.headers()['content-encoding']);
  });
  await page.goto(await running.collector.createConsoleAddress());
  await page.getByRole('button', { name: 'Sign in this once' }).click();
  await page.locator('.empty').waitFor();
  const { total, files } = await page.evaluate(() => {
    const entries = [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ] as PerformanceResourceTiming[];
    return {
      total: entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      files: entries.filter(({ name }) => /\.(?:js|css)$/u.test(name)).length,
    };
  });
  expect(files).toBeGreaterThan(2);
  expect(sent).toHaveLength(files);
  expect(new Set(sent)).toEqual(new Set([encoding]));
  expect(total).toBeGreaterThan(50 * 1024);
  expect(total).toBeLessThanOrEqual(mostBytes);
});
