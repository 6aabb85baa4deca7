/** The other ways through the gate: by keyboard alone, by declining, by asking for help, by a technician's code. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { acceptAndContinue, acceptPolicy, pressLast, words } from '../support/e2e/answer.ts';
import { test } from '../support/e2e/world.ts';

const en = words['en-GB'];

test('keyboard only: real keys from the first Tab to the open gate', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  const { display } = world;
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  const focused = () =>
    gate.evaluate(() => {
      const element = document.activeElement;
      return element instanceof HTMLInputElement ? element.type : (element?.textContent ?? '').trim();
    });
  /** Presses Tab and waits until the focus has moved, which it never does in a keyboard trap. */
  const pressTab = async () => {
    const before = await gate.evaluateHandle(() => document.activeElement);
    await display.pressKey('Tab');
    await gate.waitForFunction((element) => document.activeElement !== element, before);
  };
  /** Presses Tab until the focus is where `wanted` says. */
  const tabTo = async (wanted: (focus: string) => boolean) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if (wanted(await focused())) return;
      await pressTab();
    }
    throw new Error(`Tab does not lead there; the focus is on: ${await focused()}`);
  };
  const checkboxes = await gate.getByRole('checkbox').count();
  expect(checkboxes).toBeGreaterThan(1);
  for (let index = 0; index < checkboxes; index += 1) {
    await tabTo((focus) => focus === 'checkbox');
    await display.pressKey('space');
    await expect(gate.getByRole('checkbox').nth(index)).toBeChecked();
    await pressTab();
  }
  await tabTo((focus) => focus === 'text');
  await display.pressKey('ctrl+a');
  await display.typeText('Sian Prys');
  await display.pressKey('Tab');
  await display.typeText('Teacher');
  await expect(gate.getByRole('textbox', { name: en.jobRole })).toHaveValue('Teacher');
  await tabTo((focus) => focus === en.accept);
  await display.pressKey('Return');
  await expect(gate.getByRole('button', { name: en.confirm })).toBeVisible();
  await tabTo((focus) => focus === en.confirm);
  await display.pressKey('Return');
  await expect(gate.getByRole('button', { name: en.continue, exact: true })).toBeVisible();
  await tabTo((focus) => focus === en.continue);
  await display.pressKey('Return');
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements())[0]?.fullName).toBe('Sian Prys');
});

test('keys that end other programs do not end the gate', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  const { display } = world;
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  const jobRole = gate.getByRole('textbox', { name: en.jobRole });
  await jobRole.click();
  for (const chord of [
    'alt+F4',
    'ctrl+w',
    'ctrl+q',
    'ctrl+r',
    'F5',
    'F11',
    'Escape',
    'ctrl+shift+i',
    'ctrl+shift+F12',
  ]) {
    await display.pressKey(chord);
  }
  // Keys arrive in order: once the page holds this text, it has received every earlier key combination.
  await display.typeText('Teacher');
  await expect(jobRole).toHaveValue('Teacher');
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  expect(await agent.log()).not.toContain('gate: open');
});

test('a user declines, takes it back, declines again and is signed out; the collector stores it', async ({
  world,
}) => {
  await world.configure({ gate: { declineCountdownSeconds: 20 } });
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: en.decline }).click();
  const dialog = gate.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(gate.getByText(/\b(?:20|1\d)\b/u).first()).toBeVisible();
  await gate.getByRole('button', { name: 'Go back' }).click();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  expect(await world.journal()).toEqual([]);

  await gate.getByRole('button', { name: en.decline }).click();
  await gate.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => world.journal(), { timeout: 30_000 }).toEqual(['sign-out']);
  expect(await agent.log()).not.toContain('gate: open');
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ action }) => action))
    .toEqual(['declined']);
});

test('when the system refuses to sign out, the gate stays shut and says so', async ({ world }) => {
  await world.configure({ gate: { declineCountdownSeconds: 20 } });
  await world.script({ signOut: 'refused' });
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: en.decline }).click();
  await gate.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await gate.getByRole('button', { name: /Sign out now/u }).click();
  await expect(gate.getByRole('alert')).toBeVisible();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  expect(await agent.log()).not.toContain('gate: open');
});

test('a call for help shows the contact and reaches the school', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: en.help }).click();
  await gate.getByRole('button', { name: 'Tell the school that I need help' }).click();
  await expect(gate.getByRole('dialog').getByText('01632 960123')).toBeVisible();
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ action }) => action))
    .toEqual(['help-requested']);
});

test('a technician’s code opens the gate, a wrong one does not, and the log names this way of opening', async ({
  world,
}) => {
  const code = 'gwdihŵ-1847';
  await world.configure({
    gate: { breakGlassCodeSha256: createHash('sha256').update(code, 'utf8').digest('hex') },
  });
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: en.help }).click();
  await gate.getByRole('dialog').locator('summary').click();
  const field = gate.locator('input[type=password]');
  await field.fill('wrong');
  await field.press('Enter');
  await expect(gate.getByRole('dialog').getByText('That is not the code')).toBeVisible();
  expect(await agent.log()).not.toContain('gate: open');
  await field.fill(code);
  await pressLast(gate, () => field.press('Enter'));
  expect(await agent.opened()).toBe('break-glass');
});

test('a second start leaves the running agent as the only one', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  const second = await world.start().then(
    (started) => started.exited.then(({ code }) => code),
    () => 0,
  );
  expect(second).toBe(0);
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
});

test('an acceptance names every statement and the exact text that was on the screen', async ({ world }) => {
  const agent = await world.start();
  await acceptPolicy(await agent.gate());
  // The user does not press Continue: the confirmation closes after some seconds, and the gate opens.
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  const [acknowledgement] = await world.collector().acknowledgements();
  const text = await readFile(path.join(world.folder, 'policies/staff/policy.en-GB.md'), 'utf8');
  const canonical = text.replace(/\r\n?/gu, '\n').normalize('NFC');
  expect(acknowledgement?.textSha256).toBe(createHash('sha256').update(canonical, 'utf8').digest('hex'));
});
