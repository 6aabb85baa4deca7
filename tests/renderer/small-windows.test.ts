/** The cover and the pages that the tray opens, in a real browser. */
import { expect, test } from 'vitest';
import type { StateOf } from '../../shared/ipc/contract.ts';
import { coverContract } from '../../shared/ipc/cover.ts';
import {
  type AboutContract,
  aboutContract,
  agreementsContract,
  idleOff,
  type RecordsContract,
  recordsContract,
} from '../../shared/ipc/information.ts';
import { gateOpenings } from '../../shared/wire/events.ts';
import { frame, shippedPolicy } from '../support/renderer/gate-states.ts';
import type { WindowDouble } from '../support/renderer/open-window.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

const nothing = () => Promise.resolve({});

test('a touch or a key on the cover moves the gate to that display; the cover has no controls', async () => {
  const double = await windows.open({
    contract: coverContract,
    state: frame,
    handlers: () => ({ comeHere: nothing }),
  });
  expect(await double.page.locator('button, a, input').count()).toBe(0);
  await double.page.mouse.click(5, 5);
  await expect.poll(() => double.inputsOf('comeHere')).toHaveLength(1);
  await double.page.keyboard.press('a');
  await expect.poll(() => double.inputsOf('comeHere')).toHaveLength(2);
  expect(double.faults).toEqual([]);
  await double.close();
});

const records: StateOf<RecordsContract> = {
  ...frame,
  collectorHost: '',
  gateEnabled: false,
  mediaMode: 'off',
  hideSerials: true,
};

test('What Porthor records names only what is enabled, and where reports go', async () => {
  const double = await windows.open({
    contract: recordsContract,
    state: records,
    handlers: () => ({ setLanguage: nothing, close: nothing }),
  });
  const { page } = double;
  const headings = () => page.getByRole('heading', { level: 2 }).allTextContents();
  expect(await headings()).not.toContain('When a memory stick or card is plugged in');
  // Lock now is reported even if the idle lock is disabled.
  expect(await headings()).toContain('When the screen locks');
  await page.getByText('Reports stay on this computer').waitFor();
  // Porthor deletes nothing by age, so neither language names a period.
  const howLong = (heading: string) =>
    page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) }).textContent();
  const namesATime = /\d|year|month|day|blynedd|blwyddyn|mis|diwrnod/iu;
  expect(await howLong('For how long')).not.toMatch(namesATime);
  expect(await howLong('For how long')).toContain('but never your answers to a policy');
  expect(await howLong('For how long')).not.toContain('Your school decides');

  await double.push({
    ...records,
    gateEnabled: true,
    mediaMode: 'audit',
    collectorHost: 'a.example',
  });
  expect(await headings()).toEqual(
    expect.arrayContaining([
      'When you answer a policy',
      'When the screen locks',
      'When a memory stick or card is plugged in',
    ]),
  );
  await page.getByText('without its serial number').waitFor();
  await page.getByText('Reports are sent to a.example.').waitFor();
  expect(await howLong('For how long')).toContain('Porthor never deletes them there by itself');
  expect(await howLong('For how long')).not.toMatch(namesATime);
  await double.push({ ...double.state(), language: 'cy-GB' });
  await page.getByRole('heading', { name: 'Am ba hyd', exact: true }).waitFor();
  expect(await howLong('Am ba hyd')).toContain("Nid yw Porthor byth yn eu dileu yno ohono'i hun");
  expect(await howLong('Am ba hyd')).not.toMatch(namesATime);
  await page.keyboard.press('Escape');
  await expect.poll(() => double.inputsOf('close')).toHaveLength(1);
  await double.close();
});

const about: StateOf<AboutContract> = {
  ...frame,
  status: {
    gate: 'open',
    gateOpenedHow: 'receipt',
    collector: 'reached',
    collectorReachedAt: '',
    queueLength: 0,
    idle: idleOff,
  },
  agentVersion: '0.1.0',
  runtimeVersion: 'Electron',
  machineId: 'id',
  hostname: 'PC',
  capabilities: [],
};

test('About explains why the gate is open, with a sentence for each reason', async () => {
  const double: WindowDouble<AboutContract> = await windows.open({
    contract: aboutContract,
    state: about,
    handlers: (self) => ({
      setLanguage: async ({ language }) => {
        await self.push({ ...self.state(), language });
        return {};
      },
      close: nothing,
    }),
  });
  const value = double.page.locator('.facts dd').first();
  const told = new Set<string | null>();
  for (const gateOpenedHow of gateOpenings) {
    await double.push({ ...double.state(), status: { ...about.status, gateOpenedHow } });
    told.add(await value.textContent());
  }
  expect(told.size).toBe(gateOpenings.length);
  await double.push({ ...double.state(), status: { ...about.status, gateOpenedHow: 'something newer' } });
  expect(told).not.toContain(await value.textContent());
  await double.page.getByRole('button', { name: 'Cymraeg' }).click();
  await double.page.getByRole('heading', { name: 'Ynghylch Porthor' }).waitFor();
  await double.close();
});

test('About names each part as people do, with the reason where it does not work fully', async () => {
  const names = [
    'account',
    'anti-virus',
    'eject',
    'idle',
    'lock',
    'machine',
    'managed-config',
    'network',
    'notifications',
    'presence',
    'restart',
    'secret-store',
    'session',
    'usb',
    'volumes',
    'window-state',
  ];
  const double = await windows.open({
    contract: aboutContract,
    state: {
      ...about,
      language: 'cy-GB',
      capabilities: names.map((name) => ({ name, level: 'degraded' as const, reason: 'no answer in time' })),
    },
    handlers: () => ({ setLanguage: nothing, close: nothing }),
  });
  const lines = await double.page.locator('.capabilities > li').allInnerTexts();
  expect(lines).toHaveLength(names.length);
  expect(new Set(lines).size).toBe(names.length);
  for (const line of lines) expect(line).toContain("I'r technegydd: no answer in time");
  // Only the reason is in English: an unknown part would stand there as in the log.
  expect(await double.page.locator('.capabilities [lang=en-GB]').count()).toBe(names.length);
  await double.push({
    ...double.state(),
    capabilities: [
      { name: 'lock', level: 'full', reason: 'logind' },
      { name: 'something-newer', level: 'none', reason: '' },
    ],
  });
  await double.page.getByText('something-newer').waitFor();
  expect(await double.page.getByText('logind').count()).toBe(0);
  await double.close();
});

test('an agreement says why it is in another language than the window, and ends with its fingerprint', async () => {
  const { texts, textSha256, title } = await shippedPolicy('visitor');
  const double = await windows.open({
    contract: agreementsContract,
    state: {
      ...frame,
      person: 'Eleri Wynne',
      askingElsewhere: false,
      agreements: [
        {
          eventId: 'first',
          textSha256: textSha256['cy-GB'],
          elsewhere: false,
          policyId: 'visitor',
          policyVersion: '2026.2',
          title,
          language: 'cy-GB',
          decidedAt: '2026-09-01T07:41:12Z',
          fullName: 'Eleri Wynne',
          jobRole: '',
          delivered: true,
        },
      ],
    },
    handlers: (self) => ({
      setLanguage: async ({ language }) => {
        await self.push({ ...self.state(), language });
        return {};
      },
      close: nothing,
      readAgreement: () => Promise.resolve({ outcome: 'found', text: texts['cy-GB'], statements: [] }),
      savePdf: () => Promise.resolve({ outcome: 'cancelled', path: '' }),
      showSavedPdf: nothing,
      print: nothing,
    }),
  });
  const { page } = double;
  await page.getByRole('button', { name: 'Read it again' }).click();
  await page.getByText('You accepted the Welsh text, so that text is shown here.').waitFor();
  expect(await page.locator('.sheet > :last-child').textContent()).toContain(textSha256['cy-GB']);
  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await page.getByText('Yn ôl i').waitFor();
  expect(await page.locator('.sheet').textContent()).not.toContain('Derbyniwyd y testun Cymraeg gennych');
  await double.close();
});
