/** “Report a problem” in a real browser: what it sends and when, and what the self-check shows. */
import { expect, test } from 'vitest';
import type { HandlersOf, StateOf } from '../../shared/ipc/contract.ts';
import { type ProblemContract, problemContract } from '../../shared/ipc/problem.ts';
import { selfCheckItemNames } from '../../shared/self-check/report.ts';
import { problemHandlers, problemState, selfCheckReport } from '../support/renderer/problem-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

const open = (
  changes: Partial<StateOf<ProblemContract>> = {},
  handlers: Partial<HandlersOf<ProblemContract>> = {},
) =>
  windows.open({
    contract: problemContract,
    state: { ...problemState, ...changes },
    handlers: () => ({ ...problemHandlers(), ...handlers }),
  });

test('sends no empty message, and clears the box after sending', async () => {
  const double = await open();
  const { page } = double;
  const box = page.getByRole('textbox', { name: 'What has happened?' });
  const send = page.getByRole('button', { name: 'Send to your school' });
  await box.fill('   ');
  await send.click();
  await page.getByRole('alert').filter({ hasText: 'Please write what has happened.' }).waitFor();
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(double.inputsOf('sendProblem')).toEqual([]);

  await box.fill('  A memory stick is lost.\nIt held nothing. ');
  expect(await page.getByRole('alert').count()).toBe(0);
  await send.click();
  await page.getByText('Recorded. Your school receives it').waitFor();
  expect(double.inputsOf('sendProblem')).toEqual([{ text: 'A memory stick is lost.\nIt held nothing.' }]);
  expect(await box.inputValue()).toBe('');
  expect(double.faults).toEqual([]);
  await double.close();
});

test('keeps an unrecorded message in the box, and does not call it recorded', async () => {
  const double = await open({}, { sendProblem: () => Promise.resolve({ outcome: 'not-recorded' }) });
  const { page } = double;
  await page.getByRole('textbox').fill('A virus, perhaps');
  await page.getByRole('button', { name: 'Send to your school' }).click();
  await page.getByRole('alert').filter({ hasText: 'This could not be recorded.' }).waitFor();
  expect(await page.getByRole('textbox').inputValue()).toBe('A virus, perhaps');
  expect(await page.locator('.mark-good').count()).toBe(0);
  await double.close();
});

test('says that the report stays on the PC if there is no collector', async () => {
  const double = await open({ hasCollector: false });
  const { page } = double;
  await page.getByRole('textbox').fill('The mouse is broken');
  await page.getByRole('button', { name: 'Send to your school' }).click();
  await page.getByText('Recorded on this computer only').waitFor();
  await double.close();
});

test('starts the check on request, and locks only if the box is ticked', async () => {
  const double = await open();
  const { page } = double;
  expect(double.inputsOf('startCheck')).toEqual([]);
  await page.getByRole('button', { name: 'Check this computer' }).click();
  await expect.poll(() => double.inputsOf('startCheck')).toEqual([{ mayLock: false }]);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Check this computer' }).click();
  await expect.poll(() => double.inputsOf('startCheck')).toHaveLength(2);
  expect(double.inputsOf('startCheck')[1]).toEqual({ mayLock: true });

  await double.push({ ...problemState, check: { state: 'running', waitingFor: ['volumes', 'collector'] } });
  await page.getByText('Still waiting for: Drives and their encryption; Collector.').waitFor();
  await page.getByText(`19 of ${selfCheckItemNames.length} answered.`).waitFor();
  expect(await page.getByRole('progressbar', { name: 'Progress of the check' }).getAttribute('value')).toBe(
    '19',
  );
  // Assistive programs can press a disabled button: the check does not start twice.
  await page.getByRole('button', { name: 'Check again' }).dispatchEvent('click');
  await double.push({ ...problemState, check: { state: 'broken' } });
  await page.getByText('The check did not finish.').waitFor();
  expect(double.inputsOf('startCheck')).toHaveLength(2);
  await double.close();
});

test('brings the outcome of a check into sight, above the pinned actions', async () => {
  const double = await open({ check: { state: 'running', waitingFor: ['volumes'] } });
  const { page } = double;
  await page.setViewportSize({ width: 640, height: 400 });
  await double.push({ ...problemState, check: { state: 'broken' } });
  const message = page.getByText('The check did not finish.');
  await message.waitFor();
  await expect
    .poll(() =>
      message.evaluate((element) => {
        const actions = document.querySelector('footer')?.getBoundingClientRect().top ?? 0;
        const box = element.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= actions;
      }),
    )
    .toBe(true);
  await double.close();
});

test('shows each item with its state in words, its reason and advice, worst first', async () => {
  const double = await open({ check: { state: 'done', report: selfCheckReport('failed') } });
  const { page } = double;
  await page.getByRole('status').filter({ hasText: 'A part of Porthor does not work' }).waitFor();
  const items = page.locator('.checked > li');
  const marks = await items.locator('.mark').allTextContents();
  expect(marks).toEqual([
    ...Array<string>(3).fill('Does not work'),
    'Limited',
    'Not tried',
    ...Array<string>(14).fill('Works'),
    ...Array<string>(2).fill('Not used here'),
  ]);
  const certificate = await items.filter({ hasText: "Collector's certificate" }).innerText();
  expect(certificate).toContain('This computer refuses it.');
  expect(certificate).toContain('ERR_CERT_AUTHORITY_INVALID');
  expect(certificate).toContain(
    "What to do: Make this computer trust the school's own certificate authority",
  );
  expect(await items.filter({ hasText: 'Locking the screen' }).innerText()).toContain('tick the box above');
  expect(await page.locator('.checked-volumes li').allTextContents()).toEqual([
    expect.stringMatching(/^2 × internal, disk, data, NTFS, encrypted/u),
    expect.stringMatching(/^usb, .*locked/u),
  ]);
  await page.getByRole('button', { name: 'Save a file for support' }).click();
  await page.getByText('The file is saved here:').waitFor();
  await page.getByText('porthor-self-check.json').waitFor();
  await page.getByRole('button', { name: 'Show in folder' }).click();
  await expect.poll(() => double.inputsOf('showSavedReport').length).toBe(1);
  expect(double.inputsOf('saveReport')).toHaveLength(1);
  await double.close();
});

test('a cancelled save says nothing; a failed one is reported', async () => {
  const outcomes = ['cancelled', 'failed'] as const;
  let next = 0;
  const double = await open(
    { check: { state: 'done', report: selfCheckReport('ok') } },
    { saveReport: () => Promise.resolve({ outcome: outcomes[next++] ?? 'failed', path: '' }) },
  );
  const { page } = double;
  const save = page.getByRole('button', { name: 'Save a file for support' });
  await save.click();
  await expect.poll(() => double.inputsOf('saveReport').length).toBe(1);
  expect(await page.getByText('The file').count()).toBe(0);
  await save.click();
  await page.getByText('The file could not be saved.').waitFor();
  await double.close();
});
