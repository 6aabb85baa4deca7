/** A person's hands at the gate, by the words on the screen. */
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

/** Reads, ticks, fills in, looks over and confirms. */
export async function acceptPolicy(gate: Page, language: Language = 'en-GB'): Promise<void> {
  await fillIn(gate, language);
  await gate.getByRole('button', { name: words[language].accept, exact: true }).click();
  await gate.getByRole('button', { name: words[language].confirm }).click();
}

/** Leaves the confirmation. */
export async function proceed(gate: Page): Promise<void> {
  const button = gate.getByRole('button', { name: words['en-GB'].continue });
  await expect(button).toBeVisible();
  await pressLast(gate, () => button.dispatchEvent('click'));
}

/** A press that ends its page, as it should: the page may be gone before the press has been reported back. */
export async function pressLast(page: Page, press: () => Promise<void>): Promise<void> {
  await press().catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
}
