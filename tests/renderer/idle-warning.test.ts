/** The idle warning in a real browser: what is read out when, and what calls it off. */
import { expect, test } from 'vitest';
import type { StateOf } from '../../shared/ipc/contract.ts';
import { type IdleWarningContract, idleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { frame } from '../support/renderer/gate-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

const nothing = () => Promise.resolve({});
const warning: StateOf<IdleWarningContract> = {
  ...frame,
  purpose: 'lock',
  secondsLeft: 30,
  signOutAfterMinutes: 0,
};
const open = (state = warning) =>
  windows.open<IdleWarningContract>({
    contract: idleWarningContract,
    state,
    handlers: () => ({ stay: nothing, painted: nothing }),
  });

test('says that it stands on the screen, once', async () => {
  const double = await open();
  await expect.poll(() => double.inputsOf('painted').length).toBe(1);
  await double.push({ ...warning, secondsLeft: 29 });
  await double.page.getByText('29', { exact: true }).waitFor();
  expect(double.inputsOf('painted')).toHaveLength(1);
  expect(double.faults).toEqual([]);
  await double.close();
});

test('the button and any key call it off; a pointer that only lies there does not', async () => {
  const double = await open();
  await double.page.mouse.move(200, 200);
  expect(double.inputsOf('stay')).toHaveLength(0);
  await double.page.getByRole('button', { name: 'Stay signed in' }).click();
  await expect.poll(() => double.inputsOf('stay').length).toBe(1);
  await double.page.keyboard.press('x');
  await expect.poll(() => double.inputsOf('stay').length).toBe(2);
  expect(await double.page.locator('button, a, input').count()).toBe(1);
  await double.close();
});

test('is read out politely every quarter of a minute, and urgently in the last ten seconds', async () => {
  const double = await open();
  const { page } = double;
  const heard: string[] = [];
  for (let secondsLeft = 30; secondsLeft >= 0; secondsLeft -= 1) {
    await double.push({ ...warning, secondsLeft });
    await page.getByText(String(secondsLeft), { exact: true }).waitFor();
    const [polite, urgent] = await Promise.all([
      page.getByRole('status').textContent(),
      page.getByRole('alert').textContent(),
    ]);
    const said = `${polite === '' ? 'urgently' : 'politely'}: ${polite === '' ? urgent : polite}`;
    if (heard.at(-1) !== said) heard.push(said);
  }
  expect(heard).toEqual([
    'politely: This computer will lock in 30 seconds.',
    'politely: This computer will lock in 15 seconds.',
    'urgently: This computer will lock in 10 seconds.',
    'urgently: This computer will lock in 5 seconds.',
    'urgently: This computer will lock in 0 seconds.',
  ]);
  await double.close();
});

test('fits its card in both languages, with all that it may have to say', async () => {
  for (const language of ['en-GB', 'cy-GB'] as const) {
    const double = await open({ ...warning, language, signOutAfterMinutes: 30 });
    await double.page.setViewportSize({ width: 560, height: 480 });
    const overflow = await double.page.evaluate(
      () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
    );
    expect(overflow, language).toBe(0);
    await double.close();
  }
});
