/** The console's list of PCs: how long each desktop was without the gate after a logon. */
import { expect, it } from 'vitest';
import {
  machine,
  makeAgent,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';

async function signIn({ collector }: TestCollector): Promise<string> {
  const opened = await fetch(await collector.createConsoleAddress(), { redirect: 'manual' });
  return (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

const heartbeat = (logon?: { secondsToGate: number; gate: 'shown' | 'open' }) => ({
  type: 'porthor.agent.heartbeat.v1',
  data: {
    agentVersion: '1.0.0',
    machine,
    capabilities: [],
    queueLength: 0,
    ...(logon === undefined ? {} : { logon }),
  },
});

/** The cells of each row, as text. */
const rowsOf = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/gsu)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gsu)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]*>/gu, ''),
    ),
  );

it('lists the slowest logon first, by the newest heartbeat of each agent', async () => {
  const running = await startTestCollector();
  const [slow, quick, silent] = [
    await makeAgent(running),
    await makeAgent(running),
    await makeAgent(running),
  ];
  await report(quick, [quick.event(heartbeat({ secondsToGate: 60, gate: 'shown' }))]);
  await report(quick, [quick.event(heartbeat({ secondsToGate: 2.5, gate: 'open' })), quick.event()]);
  await report(slow, [slow.event(heartbeat({ secondsToGate: 31, gate: 'shown' }))]);
  await report(silent, [silent.event(heartbeat())]);

  const cookie = await signIn(running);
  const page = await fetch(`${running.address}/pcs?lang=en-GB`, { headers: { cookie } });
  expect(page.status).toBe(200);
  const [heading, ...rows] = rowsOf(await page.text());
  expect(heading?.[2]).toBe('Seconds from login to the policy screen');
  expect(rows.map((cells) => cells[2])).toEqual(['31.0', '2.5', 'Not measured']);
  expect(rows.map((cells) => cells[0])).toEqual(['LAB-01', 'LAB-01', 'LAB-01']);

  const welsh = await fetch(`${running.address}/pcs?lang=cy-GB`, { headers: { cookie } });
  expect(await welsh.text()).toContain('Eiliadau o fewngofnodi i sgrin y polisi');
});

it('shows nothing to a visitor without a session, and is linked from the list of answers', async () => {
  const running = await startTestCollector();
  expect((await fetch(`${running.address}/pcs`)).status).toBe(401);
  const cookie = await signIn(running);
  const list = await fetch(`${running.address}/?lang=en-GB`, { headers: { cookie } });
  expect(await list.text()).toContain('href="/pcs?lang=en-GB"');
  const empty = await fetch(`${running.address}/pcs?lang=en-GB`, { headers: { cookie } });
  expect(await empty.text()).toContain('No PC has enrolled yet.');
});

it('does not show the PCs of another school', async () => {
  const running = await startTestCollector();
  await makeAgent(running);
  const address = await running.collector.createConsoleAddress('another');
  const opened = await fetch(address, { redirect: 'manual' });
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await fetch(`${running.address}/pcs?lang=en-GB`, { headers: { cookie } });
  expect(await page.text()).toContain('No PC has enrolled yet.');
});
