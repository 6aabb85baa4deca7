/**
 * Walks by keyboard through accepting, declining, help and the warnings, in both languages. Each is kept as text in
 * `walks/`. After a deliberate change run this file with `-u`, and read the difference as a screen reader would.
 */
import { describe, test } from 'vitest';
import { gateContract } from '../../shared/ipc/gate.ts';
import { idleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { mediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { languages } from '../../shared/lib/language.ts';
import {
  frame,
  gateHandlers,
  gateState,
  policyScreen,
  shippedPolicy,
} from '../support/renderer/gate-states.ts';
import { cardsOf } from '../support/renderer/media-warning-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';
import { headings, startWalk } from '../support/renderer/walk.ts';

const windows = setUpWindows();
const nothing = () => Promise.resolve({});
const context = { reducedMotion: 'reduce' } as const;

const words = {
  'en-GB': {
    accept: 'I accept',
    decline: 'I do not accept',
    confirm: 'Confirm and continue',
    check: 'Check before you confirm',
    accepted: 'Accepted',
    sure: 'Are you sure?',
    signOut: 'Do not accept and sign out',
    declined: 'You have chosen not to accept',
    help: 'I need help',
    helpTitle: 'Help',
    ask: 'Tell the school that I need help',
    recorded: 'recorded for your school',
    askForApproval: 'Ask for approval',
    send: 'Send',
  },
  'cy-GB': {
    accept: "Rwy'n derbyn",
    decline: 'Nid wyf yn derbyn',
    confirm: 'Cadarnhau a pharhau',
    check: 'Gwiriwch cyn cadarnhau',
    accepted: "Wedi'i dderbyn",
    sure: "Ydych chi'n siŵr?",
    signOut: 'Peidio â derbyn ac allgofnodi',
    declined: 'Rydych wedi dewis peidio â derbyn',
    help: 'Mae angen help arnaf',
    helpTitle: 'Help',
    ask: 'Dweud wrth yr ysgol fod angen help arnaf',
    recorded: 'gofnodi ar gyfer eich ysgol',
    askForApproval: 'Gofyn am gymeradwyaeth',
    send: 'Anfon',
  },
} as const;

describe.each(languages)('in %s', (language) => {
  const say = words[language];
  const openGate = async () =>
    windows.open({
      contract: gateContract,
      state: gateState(policyScreen(await shippedPolicy('visitor')), { language }),
      handlers: (self) =>
        gateHandlers(self, {
          accept: async () => {
            await self.push({
              ...self.state(),
              screen: {
                name: 'accepted',
                title: { 'en-GB': 'Visitors', 'cy-GB': 'Ymwelwyr' },
                policyVersion: '2026.2',
                decidedAt: new Date(2026, 10, 22, 8, 41).toISOString(),
                remaining: 0,
              },
            });
            return { outcome: 'recorded' };
          },
          decline: async () => {
            await self.push({
              ...self.state(),
              screen: { name: 'declining', onDecline: 'sign-out', secondsLeft: 60 },
            });
            return {};
          },
        }),
      context,
    });

  test('accepting', async () => {
    const double = await openGate();
    const { page } = double;
    await page.locator('#statements').waitFor();
    const walk = await startWalk(page);
    await walk.readTree('the policy');
    await walk.press('Tab', 'Enter', 'Tab', 'Space', 'Tab', 'Space');
    await walk.pressTo('Tab', say.accept);
    await walk.press('Enter');
    await walk.readTree('the policy with a missing name');
    await walk.press('Tab', 'Enter');
    await walk.type('Eleri Wynne');
    await walk.press('Enter');
    await walk.readTree('the check page');
    await walk.pressTo('Tab', say.confirm);
    await walk.pressAndWait('Enter', headings, say.accepted);
    await walk.readTree('the confirmation');
    await walk.press('Tab');
    await walk.keep(`accept ${language}`);
    await double.close();
  });

  test('declining', async () => {
    const double = await openGate();
    const walk = await startWalk(double.page);
    await walk.press('Tab', 'Enter');
    await walk.pressTo('Tab', say.decline);
    await walk.press('Enter');
    await walk.readTree('the second step');
    await walk.pressTo('Tab', say.signOut);
    await walk.pressAndWait('Enter', headings, say.declined);
    await walk.readTree('the countdown');
    for (const secondsLeft of [59, 46, 45, 30, 11, 10, 9, 1]) {
      await double.push({
        ...double.state(),
        screen: { name: 'declining', onDecline: 'sign-out', secondsLeft },
      });
    }
    await walk.press('Tab', 'Tab');
    await walk.keep(`decline ${language}`);
    await double.close();
  });

  test('asking for help', async () => {
    const double = await openGate();
    const walk = await startWalk(double.page);
    await walk.pressTo('Shift+Tab', say.help);
    await walk.press('Enter');
    await walk.readTree('help');
    await walk.pressTo('Tab', say.ask);
    await walk.pressAndWait('Enter', 'dialog .mark-good', say.recorded);
    await walk.readTree('help, asked for');
    await walk.press('Escape');
    await walk.keep(`help ${language}`);
    await double.close();
  });

  test('the warning about a stick', async () => {
    const double = await windows.open({
      contract: mediaWarningContract,
      state: { ...frame, language, cards: cardsOf({}) },
      handlers: () => ({
        setLanguage: nothing,
        eject: nothing,
        askForApproval: nothing,
        takeCode: nothing,
        scan: nothing,
        close: nothing,
        painted: nothing,
        fitHeight: nothing,
      }),
      context,
    });
    const walk = await startWalk(double.page);
    await walk.readTree('the warning');
    await walk.pressTo('Tab', say.askForApproval);
    await walk.press('Enter');
    await walk.readTree('asking for approval');
    await walk.pressTo('Tab', say.send);
    await walk.press('Enter');
    await walk.readTree('asking without a reason');
    await walk.keep(`warning ${language}`);
    await double.close();
  });

  test('the idle warning', async () => {
    const state = { ...frame, language, purpose: 'lock', secondsLeft: 30, signOutAfterMinutes: 0 } as const;
    const double = await windows.open({
      contract: idleWarningContract,
      state,
      handlers: () => ({ stay: nothing, painted: nothing }),
      context,
    });
    const walk = await startWalk(double.page);
    await walk.readTree('the warning');
    for (const secondsLeft of [29, 16, 15, 14, 10, 9, 5, 1]) await double.push({ ...state, secondsLeft });
    await walk.press('Tab');
    await walk.keep(`idle ${language}`);
    await double.close();
  });
});
