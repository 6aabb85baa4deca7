/** What a user does at the gate, in a real browser: by keyboard and pointer, in both languages. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HandlersOf } from '../../shared/ipc/contract.ts';
import {
  type GateContract,
  type GateScreen,
  type GateState,
  gateContract,
  type ShownPolicy,
} from '../../shared/ipc/gate.ts';
import {
  gateHandlers,
  gateState,
  hashesOf,
  policyScreen,
  shippedPolicy,
} from '../support/renderer/gate-states.ts';
import type { WindowDouble } from '../support/renderer/open-window.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();
let staff: Extract<GateScreen, { name: 'policy' }>;
let opened: WindowDouble<GateContract>[] = [];

beforeEach(async () => {
  staff = policyScreen(await shippedPolicy('staff'));
});

afterEach(async () => {
  const faults = opened.flatMap((double) => double.faults);
  await Promise.all(opened.map((double) => double.close()));
  opened = [];
  expect(faults).toEqual([]);
});

async function openGate(
  screen: GateScreen,
  more: Partial<GateState> = {},
  handlers: (double: WindowDouble<GateContract>) => Partial<HandlersOf<GateContract>> = () => ({}),
): Promise<WindowDouble<GateContract>> {
  const double = await windows.open({
    contract: gateContract,
    state: gateState(screen, more),
    handlers: (self) => gateHandlers(self, handlers(self)),
    context: { reducedMotion: 'reduce' },
  });
  opened.push(double);
  return double;
}

function push(double: WindowDouble<GateContract>, screen: GateScreen): Promise<void> {
  return double.push({ ...double.state(), screen });
}

function button({ page }: WindowDouble<GateContract>, name: string) {
  return page.getByRole('button', { name, exact: true });
}

/** Id of the focused element, or its text if it has no id. */
function focused({ page }: WindowDouble<GateContract>): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.id !== undefined && element.id !== '' ? element.id : (element?.textContent ?? '');
  });
}

async function answerStatements({ page }: WindowDouble<GateContract>): Promise<void> {
  for (const box of await page.getByRole('checkbox').all()) await box.check();
}

async function answerAll(double: WindowDouble<GateContract>): Promise<void> {
  const { page } = double;
  await answerStatements(double);
  await page.locator('#full-name').fill('Eleri Wynne');
  await page.locator('#job-role').fill('Teacher');
}

async function reachCheck(double: WindowDouble<GateContract>): Promise<void> {
  await answerAll(double);
  await button(double, 'I accept').click();
  await button(double, 'Confirm and continue').waitFor();
}

const accepted = (title: GateState['siteName']): GateScreen => ({
  name: 'accepted',
  title: { 'en-GB': title, 'cy-GB': title },
  policyVersion: '2026.1',
  decidedAt: '2026-11-22T08:41:00Z',
  remaining: 0,
});

describe('accepting', () => {
  test('works with the keyboard alone and sends exactly what the user read, ticked and typed', async () => {
    const double = await openGate(staff);
    const { page } = double;
    expect(await focused(double)).toBe('screen-heading');

    // The skip link is the first stop behind the heading and leads past the text.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused(double)).toBe('statements');
    for (const { id } of staff.policy.statements) {
      await page.keyboard.press('Tab');
      expect(await focused(double)).toBe(`statement-${id}`);
      await page.keyboard.press('Space');
    }
    await page.keyboard.press('Tab');
    await page.keyboard.type('  Eleri Wynne ');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Teacher');
    await page.keyboard.press('Tab');
    expect(await focused(double)).toBe('accept');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check before you confirm' }).waitFor();
    expect(await focused(double)).toBe('screen-heading');

    const confirm = button(double, 'Confirm and continue');
    for (let stops = 0; stops < 30; stops += 1) {
      await page.keyboard.press('Tab');
      if (await confirm.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    await expect
      .poll(() => double.inputsOf('accept'))
      .toEqual([
        {
          policyId: 'staff',
          policyVersion: staff.policy.policyVersion,
          textSha256: staff.policy.textSha256['en-GB'],
          language: 'en-GB',
          ticked: staff.policy.statements.map(({ id }) => id),
          fullName: 'Eleri Wynne',
          jobRole: 'Teacher',
        },
      ]);
  });

  test('shows exactly what will be recorded before the user confirms', async () => {
    const double = await openGate(staff);
    await reachCheck(double);
    const shown = await double.page.locator('.summary').textContent();
    for (const words of [
      staff.policy.title['en-GB'],
      staff.policy.policyVersion,
      'English',
      'Eleri Wynne',
      'Teacher',
      'SCHOOL\\eleri.wynne',
      ...staff.policy.statements.map(({ text }) => text['en-GB']),
    ]) {
      expect(shown).toContain(words);
    }
    expect(double.inputsOf('accept')).toEqual([]);
  });

  test('Change leads to its answer and back', async () => {
    const double = await openGate(staff);
    await reachCheck(double);
    await button(double, 'Change: Job title or role').click();
    expect(await focused(double)).toBe('job-role');
    expect(await double.page.locator('#full-name').inputValue()).toBe('Eleri Wynne');
    await double.page.locator('#job-role').fill('Deputy head');
    await double.page.keyboard.press('Enter');
    await double.page.locator('.summary').getByText('Deputy head').waitFor();
  });

  test('says "Accepted" only when a state says so, whatever the call returns', async () => {
    const double = await openGate(staff, {}, () => ({
      accept: () => Promise.resolve({ outcome: 'recorded' }),
    }));
    const { page } = double;
    await reachCheck(double);
    await button(double, 'Confirm and continue').click();
    await page.getByText('Nothing has been accepted yet').waitFor();
    await push(double, { name: 'recording' });
    // A second press changes nothing, and focus stays on the button.
    await page.keyboard.press('Enter');
    expect(await focused(double)).toBe('Confirm and continue');
    expect(await page.getByRole('heading', { name: 'Accepted' }).count()).toBe(0);
    expect(double.inputsOf('accept')).toHaveLength(1);

    await push(double, accepted('Staff policy'));
    await page.getByRole('heading', { name: 'Accepted' }).waitFor();
    expect(await focused(double)).toBe('screen-heading');
    await button(double, 'Continue').click();
    await expect.poll(() => double.inputsOf('proceed')).toHaveLength(1);
  });

  test('says that nothing was accepted if the answer could not be recorded', async () => {
    const double = await openGate(staff, {}, (self) => ({
      accept: async () => {
        await push(self, { ...staff, notice: 'not-recorded', noticeDetail: 'disk full' });
        return { outcome: 'not-recorded' };
      },
    }));
    await reachCheck(double);
    await button(double, 'Confirm and continue').click();
    const alert = double.page.getByRole('alert');
    await alert.getByText('Nothing has been accepted').waitFor();
    expect(await alert.textContent()).toContain('disk full');
    // All answers are unchanged: the user can press again at once.
    await button(double, 'Confirm and continue').click();
    await expect.poll(() => double.inputsOf('accept')).toHaveLength(2);
  });

  test('returns to the text if it is no longer current', async () => {
    const double = await openGate(staff, {}, () => ({
      accept: () => Promise.resolve({ outcome: 'not-current' }),
    }));
    await reachCheck(double);
    await button(double, 'Confirm and continue').click();
    await double.page.getByRole('alert').getByText('The policy has changed').waitFor();
    await button(double, 'I accept').waitFor();
  });

  test('lets the user try again after a failed call', async () => {
    let tries = 0;
    const double = await openGate(staff, {}, () => ({
      accept: () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('gone')) : Promise.resolve({ outcome: 'recorded' });
      },
    }));
    await reachCheck(double);
    await button(double, 'Confirm and continue').click();
    await double.page.getByRole('alert').waitFor();
    await button(double, 'Confirm and continue').click();
    await expect.poll(() => double.inputsOf('accept')).toHaveLength(2);
  });
});

describe('what the user sees first', () => {
  test('is how long it takes, and a way to the statements', async () => {
    const double = await openGate({ ...staff, position: { index: 1, total: 3 } });
    const { page } = double;
    await page.getByText('Policy 1 of 3').waitFor();
    await page.getByText('About 4 minutes to read · 3 statements to agree to').waitFor();
    await page.getByRole('link', { name: 'Go to the statements' }).click();
    expect(await focused(double)).toBe('statements');
  });

  test('is a list of sections, which leads to each of them', async () => {
    const double = await openGate(staff);
    const { page } = double;
    const sections = page.getByRole('navigation', { name: 'In this text' }).getByRole('button');
    const headings = page.locator('.policy-text h2');
    const names = await sections.allTextContents();
    // The page paints the first screenful, and the rest of the text after it.
    await expect.poll(() => headings.allTextContents()).toEqual(names);
    await sections.last().click();
    expect(await page.locator(':focus').textContent()).toBe(names.at(-1));
    const box = await page.locator('.policy-text h2').last().boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(box?.y).toBeLessThan(800 - 80);
  });

  test('is the share of the text that has been on the screen, never more', async () => {
    const double = await openGate(staff);
    const { page } = double;
    const note = page.locator('.action-bar-note');
    await expect.poll(() => page.getByText('of the text seen').count()).toBe(1);
    const share = async () => Number((await note.textContent())?.match(/\d+/u)?.[0]);
    await expect.poll(share).toBeGreaterThan(0);
    expect(await share()).toBeLessThan(50);
    await page.locator('.policy-text').evaluate((text) => text.scrollIntoView({ block: 'end' }));
    await expect.poll(share).toBeGreaterThan(90);
  });

  test('marks an optional statement, not the needed ones', async () => {
    const statements = staff.policy.statements.map((statement, index) => ({
      ...statement,
      required: index > 0,
    }));
    const { page } = await openGate(policyScreen({ ...staff.policy, statements }));
    expect(await page.locator('.check-row .tag').allTextContents()).toEqual(['optional']);
    await page.getByText('You can leave those marked “optional”.').waitFor();
  });

  test('is called rules for pupils, in both languages', async () => {
    const double = await openGate(policyScreen(await shippedPolicy('young-pupil')));
    await double.page.getByText('Please read these rules. You need to agree to them').waitFor();
    await button(double, 'Cymraeg').click();
    await double.page.getByText('Mae angen i chi gytuno iddynt cyn y gallwch').waitFor();
    expect(await double.page.locator('main').textContent()).not.toMatch(/polisi/iu);
  });

  test('has no adult words around the rules for young pupils, from the text to the thanks', async () => {
    const policy = await shippedPolicy('young-pupil');
    const double = await openGate(policyScreen(policy));
    const { page } = double;
    const adult =
      /\baccept|confirm|statement|full name|in force|version|policy|derbyn|cadarnhau|datganiad|enw llawn|mewn grym|fersiwn|polisi/iu;
    const expectYoung = async (): Promise<void> => {
      const whole = await page.locator('.content').innerText();
      expect(whole.match(adult)?.[0]).toBeUndefined();
    };
    await button(double, 'I agree').click();
    await page.getByText('Not finished yet: 3 things are left to do').waitFor();
    await page.getByRole('link', { name: 'Write your name' }).waitFor();
    await expectYoung();
    await button(double, 'Cymraeg').click();
    await button(double, "Rwy'n cytuno").waitFor();
    await expectYoung();
    await button(double, 'English').click();
    await button(double, 'I do not agree').click();
    expect(await page.getByRole('dialog').innerText()).not.toMatch(/accept/iu);
    await page.keyboard.press('Escape');
    await answerStatements(double);
    await page.getByLabel('Your name').fill('Mali');
    await button(double, 'I agree').click();
    await page.getByRole('heading', { name: 'Is this right?' }).waitFor();
    await button(double, 'Yes, I agree').click();
    await expect.poll(() => double.inputsOf('accept')).toMatchObject([{ fullName: 'Mali' }]);
    await push(double, accepted(policy.title['en-GB']));
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expectYoung();
  });

  test('is a short form where the same account accepted this version today', async () => {
    const visitor = await shippedPolicy('visitor');
    const acceptedTodayAt = new Date(2026, 10, 22, 8, 41).toISOString();
    const double = await openGate(policyScreen({ ...visitor, reason: 'every-login', acceptedTodayAt }));
    const { page } = double;
    await page.getByText('This account accepted this policy today at 08:41.').waitFor();
    const text = page.getByRole('region', { name: 'Text of the policy' });
    expect(await text.count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(visitor.statements.length);
    await page.getByText('Read the whole text').click();
    await text.waitFor();
    await answerStatements(double);
    await page.locator('#full-name').fill('Eleri Wynne');
    await button(double, 'I accept').click();
    await button(double, 'Confirm and continue').click();
    await expect
      .poll(() => double.inputsOf('accept'))
      .toMatchObject([{ policyId: 'visitor', textSha256: visitor.textSha256['en-GB'] }]);
  });
});

describe('missing answers', () => {
  test('are listed in a focused summary and beside their fields, until the user gives them', async () => {
    const double = await openGate(staff);
    const { page } = double;
    await button(double, 'I accept').click();
    const summary = page.getByRole('alert');
    await summary.waitFor();
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
    const required = staff.policy.statements.filter((statement) => statement.required);
    await summary
      .getByText(`Nothing has been accepted yet: ${required.length + 2} things are missing`)
      .waitFor();
    // One message says what to do: none stands above each statement.
    expect(await page.locator('.message').count()).toBe(2);
    const links = summary.getByRole('link');
    expect(await links.allTextContents()).toEqual([
      `Tick ${required.length} more statements if you agree with them`,
      'Enter your full name',
      'Enter your job title or role',
    ]);

    await links.first().click();
    expect(await focused(double)).toBe(`statement-${required[0]?.id}`);
    expect(await page.locator(':focus').getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.press('Space');
    expect(await links.first().textContent()).toContain(`Tick ${required.length - 1} more`);

    await summary.getByRole('link', { name: 'Enter your full name' }).click();
    expect(await focused(double)).toBe('full-name');
    const describedBy = await page.locator('#full-name').getAttribute('aria-describedby');
    expect(await page.locator(`[id="${describedBy}"]`).textContent()).toContain('Enter your full name');
    await answerAll(double);
    expect(await summary.count()).toBe(0);
    expect(double.inputsOf('accept')).toEqual([]);
  });

  test('take focus again at each further try', async () => {
    const double = await openGate(staff);
    await button(double, 'I accept').click();
    await double.page.locator('#full-name').fill('E');
    await button(double, 'I accept').click();
    const summary = double.page.getByRole('alert');
    await expect.poll(() => summary.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describe('language', () => {
  test('changes at any time and keeps ticks, typed text, focus and scroll position', async () => {
    const double = await openGate(staff);
    const { page } = double;
    await page.getByRole('checkbox').first().check();
    await page.locator('#full-name').fill('Eleri Wynne');
    const heading = page.locator('.policy-text h2').nth(6);
    await heading.evaluate((element) =>
      window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 40),
    );
    const before = await heading.evaluate((element) => element.getBoundingClientRect().top);

    await button(double, 'Cymraeg').click();
    await button(double, "Rwy'n derbyn").waitFor();
    expect(await focused(double)).toBe('Cymraeg');
    expect(await page.locator('html').getAttribute('lang')).toBe('cy-GB');
    expect(await page.title()).toBe(staff.policy.title['cy-GB']);
    expect(await page.getByRole('checkbox').first().isChecked()).toBe(true);
    expect(await page.locator('#full-name').inputValue()).toBe('Eleri Wynne');
    const after = await heading.evaluate((element) => element.getBoundingClientRect().top);
    expect(Math.abs(after - before)).toBeLessThan(60);
    expect(await button(double, 'Cymraeg').getAttribute('aria-pressed')).toBe('true');
    expect(await button(double, 'English').getAttribute('aria-pressed')).toBe('false');
  });

  test('is recorded: the hash is of the Welsh text if the user reads Welsh', async () => {
    const double = await openGate(staff, { language: 'cy-GB' });
    await answerAll(double);
    await button(double, "Rwy'n derbyn").click();
    await button(double, 'Cadarnhau a pharhau').click();
    await expect
      .poll(() => double.inputsOf('accept'))
      .toMatchObject([{ language: 'cy-GB', textSha256: staff.policy.textSha256['cy-GB'] }]);
  });

  test('changes on the check page and inside a dialog', async () => {
    const double = await openGate(staff);
    await reachCheck(double);
    await button(double, 'Cymraeg').click();
    await button(double, 'Cadarnhau a pharhau').waitFor();
    await button(double, 'Mae angen help arnaf').click();
    await button(double, 'Dweud wrth yr ysgol fod angen help arnaf').click();
    await double.page.getByRole('dialog').getByRole('button', { name: 'English' }).click();
    await double.page.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor();
    expect(double.inputsOf('requestHelp')).toEqual([{ language: 'cy-GB' }]);
  });
});

describe('typed text', () => {
  test('is saved soon, restored by a new page, and never overwritten by a push', async () => {
    const double = await openGate(staff, { suggestedFullName: 'Wynne, E.' });
    const { page } = double;
    expect(await page.locator('#full-name').inputValue()).toBe('Wynne, E.');
    await page.locator('#full-name').fill('Eleri Wynne');
    await page.getByRole('checkbox').nth(1).check();
    await expect
      .poll(() => double.inputsOf('saveDraft').at(-1))
      .toEqual({
        policyId: 'staff',
        policyVersion: staff.policy.policyVersion,
        textSha256: staff.policy.textSha256,
        fullName: 'Eleri Wynne',
        jobRole: '',
        ticked: [staff.policy.statements[1]?.id],
      });

    await page.locator('#job-role').fill('Teach');
    await push(double, { ...staff, draft: { ticked: [], fullName: 'older', jobRole: '' } });
    expect(await page.locator('#full-name').inputValue()).toBe('Eleri Wynne');
    expect(await page.locator('#job-role').inputValue()).toBe('Teach');

    const again = await openGate({
      ...staff,
      draft: { ticked: [staff.policy.statements[1]?.id ?? ''], fullName: 'Eleri Wynne', jobRole: 'Teach' },
    });
    expect(await again.page.getByRole('checkbox').nth(1).isChecked()).toBe(true);
    expect(await again.page.locator('#job-role').inputValue()).toBe('Teach');
  });

  test('stays when the user declines and goes back', async () => {
    const double = await openGate(staff);
    await answerAll(double);
    await push(double, { name: 'declining', onDecline: 'sign-out', secondsLeft: 60 });
    await button(double, 'Go back').click();
    await push(double, staff);
    expect(await double.page.locator('#full-name').inputValue()).toBe('Eleri Wynne');
    expect(await focused(double)).toBe('decline');
  });

  test.each([
    ['a new version', (policy: ShownPolicy) => ({ ...policy, policyVersion: '99' })],
    [
      'another text of the same version',
      (policy: ShownPolicy) => ({
        ...policy,
        textSha256: { 'en-GB': 'a'.repeat(64), 'cy-GB': 'b'.repeat(64) },
      }),
    ],
    [
      'other statements under the same text',
      (policy: ShownPolicy) => ({ ...policy, statements: policy.statements.slice(1) }),
    ],
  ])('keeps name and role, but no tick, after %s', async (_what, change) => {
    const double = await openGate(staff);
    const { page } = double;
    await reachCheck(double);
    await push(double, policyScreen(change(staff.policy)));
    await button(double, 'I accept').waitFor();
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await page.locator('#full-name').inputValue()).toBe('Eleri Wynne');
    expect(await page.locator('#job-role').inputValue()).toBe('Teacher');
    expect(await focused(double)).toBe('screen-heading');
  });

  test('does not move to another policy', async () => {
    const double = await openGate(staff);
    await answerAll(double);
    await push(double, policyScreen(await shippedPolicy('visitor'), { position: { index: 2, total: 2 } }));
    await double.page.getByText('Policy 2 of 2').waitFor();
    expect(await double.page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await focused(double)).toBe('screen-heading');
  });

  test('ignores a late state with a lower revision', async () => {
    const double = await openGate(staff);
    await push(double, accepted('Staff policy'));
    await double.page.getByRole('heading', { name: 'Accepted' }).waitFor();
    await double.pushWithRevision({ revision: 1, state: gateState(staff) });
    expect(await double.page.getByRole('heading', { name: 'Accepted' }).count()).toBe(1);
  });
});

describe('declining', () => {
  test('takes two steps, focuses the safe button first, and Escape goes back', async () => {
    const double = await openGate(staff, { declineCountdownSeconds: 90 });
    const { page } = double;
    await button(double, 'I do not accept').click();
    const dialog = page.getByRole('dialog', { name: 'Are you sure?' });
    expect(await dialog.textContent()).toContain('90 seconds');
    expect(await dialog.textContent()).toContain('01632 960 415');
    expect(await focused(double)).toBe('decline-go-back');
    await page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(await focused(double)).toBe('decline');
    expect(double.inputsOf('decline')).toEqual([]);

    await button(double, 'I do not accept').click();
    await button(double, 'Do not accept and sign out').click();
    await expect.poll(() => double.inputsOf('decline')).toEqual([{ language: 'en-GB' }]);
  });

  test('speaks of unsaved work only where the gate came over it', async () => {
    const atLogin = await openGate(staff);
    await button(atLogin, 'I do not accept').click();
    expect(await atLogin.page.getByRole('dialog').textContent()).not.toMatch(/work/iu);

    const overWork = await openGate(staff, { isOverWork: true });
    await button(overWork, 'I do not accept').click();
    await overWork.page.getByRole('dialog').getByText('Work that you have not saved will be lost').waitFor();
  });

  test('offers the lock that keeps unsaved work, in the dialog and during the countdown', async () => {
    let isLeft = false;
    const double = await openGate(staff, { isOverWork: true }, () => ({
      leaveUnanswered: () => Promise.resolve({ left: isLeft }),
    }));
    const { page } = double;
    await button(double, 'I do not accept').click();
    await button(double, 'Lock this computer').click();
    await page.getByText('That did not work. Press Ctrl+Alt+Delete.').waitFor();
    isLeft = true;
    await button(double, 'Lock this computer').click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await push(double, { name: 'declining', onDecline: 'sign-out', secondsLeft: 60 });
    await button(double, 'Lock this computer').click();
    await expect.poll(() => double.inputsOf('leaveUnanswered')).toHaveLength(3);
    expect(double.inputsOf('leaveUnanswered')[2]).toEqual({ how: 'lock' });
    expect(double.inputsOf('decline')).toEqual([]);
  });

  test('announces the countdown every fifteen seconds and at each of the last ten', async () => {
    const double = await openGate(
      { name: 'declining', onDecline: 'sign-out', secondsLeft: 60 },
      { language: 'cy-GB' },
    );
    const { page } = double;
    const spoken: (string | null)[] = [];
    const seen: (string | null)[] = [];
    for (const secondsLeft of [60, 59, 46, 45, 44, 11, 10, 6, 3, 2, 1]) {
      await push(double, { name: 'declining', onDecline: 'sign-out', secondsLeft });
      const words = await page.getByRole('status').textContent();
      if (words !== spoken.at(-1)) spoken.push(words);
      seen.push(await page.locator('.short-screen .lead').textContent());
    }
    expect(spoken.map((words) => words?.replace('Byddwch yn cael eich allgofnodi ymhen ', ''))).toEqual([
      '60 eiliad.',
      '45 eiliad.',
      '15 eiliad.',
      '10 eiliad.',
      'chwe eiliad.',
      'tair eiliad.',
      'dwy eiliad.',
      'un eiliad.',
    ]);
    expect(seen[1]).toBe('Byddwch yn cael eich allgofnodi ymhen 59 eiliad.');
    await button(double, 'Mynd yn ôl').click();
    await expect.poll(() => double.inputsOf('cancelDecline')).toHaveLength(1);
    await button(double, 'Allgofnodi nawr').click();
    await expect.poll(() => double.inputsOf('leaveNow')).toHaveLength(1);
  });
});

describe('help', () => {
  test('is recorded only if the user presses the button that says what it does', async () => {
    let record: (outcome: { recorded: boolean }) => void = () => undefined;
    const double = await openGate(staff, {}, () => ({
      requestHelp: () =>
        new Promise((resolve) => {
          record = resolve;
        }),
    }));
    const { page } = double;
    await button(double, 'I need help').click();
    const status = page.getByRole('dialog').getByRole('status').first();
    expect(await status.textContent()).toBe('');
    expect(double.inputsOf('requestHelp')).toEqual([]);
    await button(double, 'Tell the school that I need help').click();
    await status.getByText('Recording your request…').waitFor();
    await expect.poll(() => double.inputsOf('requestHelp')).toHaveLength(1);
    record({ recorded: true });
    await status.getByText('Your request for help is recorded for your school.').waitFor();
    await page.keyboard.press('Escape');
    expect(await focused(double)).toBe('I need help');
  });

  test('stays open during a decline countdown, and closes at its end', async () => {
    const declining = (secondsLeft: number) =>
      ({ name: 'declining', onDecline: 'sign-out', secondsLeft }) as const;
    const double = await openGate(staff);
    const { page } = double;
    await push(double, declining(60));
    await button(double, 'I need help').click();
    await page.getByRole('dialog').waitFor();
    await push(double, declining(59));
    await page.getByText('59 seconds').first().waitFor({ state: 'attached' });
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(await focused(double)).toBe('help-close');
    expect(double.inputsOf('requestHelp')).toEqual([]);
    await push(double, { name: 'leaving', onDecline: 'sign-out' });
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  test('says if the request could not be recorded', async () => {
    const double = await openGate(staff, {}, () => ({
      requestHelp: () => Promise.resolve({ recorded: false }),
    }));
    await button(double, 'I need help').click();
    await button(double, 'Tell the school that I need help').click();
    await double.page.getByText('could not be recorded here').waitFor();
    // The user may try again.
    await button(double, 'Tell the school that I need help').click();
    await expect.poll(() => double.inputsOf('requestHelp')).toHaveLength(2);
  });

  test('offers to lock or sign out without an answer, and says if that failed', async () => {
    let isLeft = true;
    const double = await openGate(staff, {}, () => ({
      leaveUnanswered: () => Promise.resolve({ left: isLeft }),
    }));
    await button(double, 'I need help').click();
    await button(double, 'Lock this computer').click();
    await expect.poll(() => double.inputsOf('leaveUnanswered')).toEqual([{ how: 'lock' }]);
    isLeft = false;
    await button(double, 'Sign out').click();
    await double.page.getByText('That did not work. Press Ctrl+Alt+Delete.').waitFor();
    expect(double.inputsOf('decline')).toEqual([]);
    expect(double.inputsOf('requestHelp')).toEqual([]);
  });

  test('offers a technician’s code only if one is set, and shows every outcome', async () => {
    const without = await openGate(staff);
    await button(without, 'I need help').click();
    expect(await without.page.getByText('For technicians').count()).toBe(0);

    const outcomes = [
      { outcome: 'wrong-code', waitSeconds: 0 },
      { outcome: 'wait', waitSeconds: 30 },
      { outcome: 'not-available', waitSeconds: 0 },
      { outcome: 'opened', waitSeconds: 0 },
    ] as const;
    let tries = 0;
    const double = await openGate(staff, { breakGlassAvailable: true }, () => ({
      breakGlass: () => Promise.resolve(outcomes[tries++] ?? outcomes[0]),
    }));
    const { page } = double;
    await button(double, 'I need help').click();
    await page.getByText('For technicians').click();
    const answer = page.locator('#break-glass-answer');
    await button(double, 'Open with the code').click();
    await answer.getByText('Enter the code').waitFor();
    expect(double.inputsOf('breakGlass')).toEqual([]);
    await page.getByLabel('Code to open this computer').fill('1234');
    for (const words of [
      'That is not the code',
      'Please wait 30 seconds',
      'No code has been set',
      'The code is right',
    ]) {
      await button(double, 'Open with the code').click();
      await answer.getByText(words).waitFor();
    }
  });
});

test.each([
  ['1280 × 800', 1280, 800],
  ['200 %', 640, 400],
  ['400 %', 320, 200],
])(
  'what became of a technician’s code, and of a request, comes into sight at %s',
  async (_name, width, height) => {
    const double = await openGate(staff, { breakGlassAvailable: true }, () => ({
      requestHelp: () => Promise.resolve({ recorded: false }),
    }));
    const { page } = double;
    await page.setViewportSize({ width, height });
    await button(double, 'I need help').click();
    const expectInSight = async (words: string): Promise<void> => {
      await page.getByText(words).waitFor();
      // Polled: the page scrolls in the frame after the words have appeared.
      await expect
        .poll(() =>
          page.getByText(words).evaluate((element) => {
            const { left, top, bottom } = element.getBoundingClientRect();
            return element.contains(document.elementFromPoint(left + 4, (top + bottom) / 2));
          }),
        )
        .toBe(true);
    };
    await page.getByText('For technicians').click();
    await page.getByLabel('Code to open this computer').fill('0000');
    await page.keyboard.press('Enter');
    await expectInSight('That is not the code');
    await button(double, 'Tell the school that I need help').click();
    await expectInSight('Your request could not be recorded here');
  },
);

describe('other screens', () => {
  test('report the painted screen to the main process', async () => {
    const double = await openGate({ name: 'checking' });
    await expect.poll(() => double.inputsOf('painted')).toEqual([{ screen: 'checking' }]);
    await push(double, staff);
    await expect
      .poll(() => double.inputsOf('painted'))
      .toEqual([{ screen: 'checking' }, { screen: 'policy' }]);
  });

  test('the blocked screen offers another try and sign-out, and records no answer', async () => {
    const double = await openGate({ name: 'blocked', reason: 'records-unreadable', detail: 'EIO' });
    await button(double, 'Try again').click();
    await button(double, 'Sign out').click();
    await expect.poll(() => double.inputsOf('decline')).toHaveLength(1);
    expect(double.inputsOf('tryAgain')).toHaveLength(1);
    expect(await double.page.locator('main').textContent()).toContain('EIO');
  });

  test('a demonstration has a button to leave; the real gate has none', async () => {
    const real = await openGate(staff);
    expect(await button(real, 'Leave demonstration').count()).toBe(0);
    const double = await openGate(staff, { demonstration: true });
    await button(double, 'Leave demonstration').click();
    await expect.poll(() => double.inputsOf('leaveDemonstration')).toHaveLength(1);
  });

  test('a refused change is shown, and nothing else changes', async () => {
    const double = await openGate(staff, {}, () => ({
      setLanguage: () => Promise.reject(new Error('refused')),
    }));
    await button(double, 'Cymraeg').click();
    await double.page.getByRole('alert').getByText('That did not work').waitFor();
    await button(double, 'I accept').waitFor();
  });
});

describe('reading aloud', () => {
  /** Replaces the system's speech before the page loads. */
  const installVoices = (voices: readonly { lang: string; localService: boolean }[]) => {
    const spoken: string[] = [];
    const target = new EventTarget();
    Object.assign(window, { spoken });
    Object.defineProperty(window, 'speechSynthesis', {
      value: Object.assign(target, {
        getVoices: () => voices,
        speak: (utterance: { text: string }) => spoken.push(utterance.text),
        cancel: () => spoken.push('cancel'),
      }),
    });
    Object.defineProperty(window, 'SpeechSynthesisUtterance', {
      value: class extends EventTarget {
        text: string;
        constructor(text: string) {
          super();
          this.text = text;
        }
      },
    });
  };

  async function openWithVoices(voices: readonly { lang: string; localService: boolean }[]) {
    const double = await openGate({ name: 'checking' });
    await double.page.addInitScript(installVoices, voices);
    await double.page.reload();
    await push(double, policyScreen(await shippedPolicy('young-pupil')));
    await button(double, 'I agree').waitFor();
    return double;
  }

  test('is offered only with a voice of this computer for the language on the screen', async () => {
    const double = await openWithVoices([
      { lang: 'en-GB', localService: true },
      { lang: 'cy-GB', localService: false },
    ]);
    await button(double, 'Read aloud').waitFor();
    await button(double, 'Cymraeg').click();
    await button(double, "Rwy'n cytuno").waitFor();
    expect(await button(double, 'Darllen yn uchel').count()).toBe(0);
  });

  test('speaks title, text and statements, and stops at the second press', async () => {
    const double = await openWithVoices([{ lang: 'en-US', localService: true }]);
    const { page } = double;
    await button(double, 'Read aloud').click();
    const spoken = () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
    const heard = (await spoken()).filter((words) => words !== 'cancel');
    expect(heard[0]).toBe('Rules for our computers');
    expect(heard).toContain('I agree to keep these rules.');
    expect(heard.join('\n')).not.toMatch(/[#*_]/u);
    await button(double, 'Stop reading').click();
    expect((await spoken()).at(-1)).toBe('cancel');
    await button(double, 'Read aloud').waitFor();
  });
});

describe('a hostile policy text', () => {
  const texts = {
    'en-GB': [
      '# Title',
      '<script>window.harmed = true</script>',
      '<img src="x" onerror="window.harmed = true">',
      '<iframe src="https://evil.example/frame"></iframe>',
      '<a href="https://evil.example" onclick="window.harmed = true">raw</a>',
      '[press](javascript:window.harmed=true) [go](https://evil.example/link) <https://evil.example/auto>',
      '[data](data:text/html,<script>window.harmed=true</script>)',
      '![picture](https://evil.example/picture.png)',
      '<style>body { display: none }</style>',
      '<form action="https://evil.example"><button>I accept</button></form>',
      '`<script>window.harmed = true</script>`',
      'The end.',
    ].join('\n\n'),
    'cy-GB': 'Testun.',
  };

  test('is inert: it runs nothing, fetches nothing and offers no link', async () => {
    const hostile = policyScreen({
      ...staff.policy,
      texts,
      textSha256: hashesOf(texts),
      statements: [
        {
          id: 'hostile',
          text: { 'en-GB': '<img src=x onerror="window.harmed = true"> {{name}}', 'cy-GB': 'x' },
          required: true,
        },
      ],
    });
    const double = await openGate(hostile, { siteName: '<b onclick="window.harmed=true">School</b>' });
    const { page } = double;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByText('The end.').waitFor();
    const text = page.locator('.policy-text');
    const active =
      'script, img, iframe, a, style, form, button, svg, object, embed, input, [onclick], [onerror]';
    expect(await text.locator(active).count()).toBe(0);
    expect(await text.textContent()).toContain('https://evil.example/link');
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    expect(await button(double, 'I accept').count()).toBe(1);
    expect(asked).toEqual([]);
    expect(await page.getByRole('checkbox').count()).toBe(1);
  });
});
