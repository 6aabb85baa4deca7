/** What a user does at the gate, found by the words on the screen. */
import { expect, type Page } from '@playwright/test';
import type { Language } from '../../../shared/lib/language.ts';

export const words = {
  'en-GB': {
    accept: 'I accept',
    confirm: 'Confirm and continue',
    decline: 'I do not accept',
    help: 'I need help',
    fullName: 'Full name',
    jobRole: 'Job title or role',
    continue: 'Continue',
  },
  'cy-GB': {
    accept: "Rwy'n derbyn",
    confirm: 'Cadarnhau a pharhau',
    decline: 'Nid wyf yn derbyn',
    help: 'Mae angen help arnaf',
    fullName: 'Enw llawn',
    jobRole: 'Teitl swydd neu rôl',
    continue: 'Parhau',
  },
} as const satisfies Record<Language, object>;

/** Ticks every statement and fills in name and role. */
export async function fillIn(gate: Page, language: Language = 'en-GB'): Promise<void> {
  const { accept, fullName, jobRole } = words[language];
  await expect(gate.getByRole('button', { name: accept, exact: true })).toBeVisible();
  for (const statement of await gate.getByRole('checkbox').all()) await statement.check();
  await gate.getByRole('textbox', { name: fullName }).fill('Siân Prys');
  await gate.getByRole('textbox', { name: jobRole }).fill('Teacher');
}

/** Ticks, fills in, reviews and confirms. The confirmation stays on the screen. */
export async function acceptPolicy(gate: Page, language: Language = 'en-GB'): Promise<void> {
  await fillIn(gate, language);
  await gate.getByRole('button', { name: words[language].accept, exact: true }).click();
  await gate.getByRole('button', { name: words[language].confirm }).click();
}

/** Leaves the confirmation. */
export async function proceed(gate: Page, language: Language = 'en-GB'): Promise<void> {
  const button = gate.getByRole('button', { name: words[language].continue, exact: true });
  await expect(button).toBeVisible();
  await pressLast(gate, () => button.dispatchEvent('click'));
}

/** Accepts the last policy of a gate, which then opens without waiting for the confirmation to close by itself. */
export async function acceptAndContinue(gate: Page, language: Language = 'en-GB'): Promise<void> {
  await acceptPolicy(gate, language);
  await proceed(gate, language);
}

/** Presses a button that closes its page, which may be gone before Playwright learns that the press succeeded. */
export async function pressLast(page: Page, press: () => Promise<void>): Promise<void> {
  await press().catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
}
