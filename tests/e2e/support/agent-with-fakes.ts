/**
 * The agent's entry point for the end-to-end tests: the real composition on the real Electron, where only what would
 * end the tester's own login session, or name the tester, is put in place by fakes.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { Menu } from 'electron';
import { z } from 'zod';
import { runAgent } from '../../../electron/app/lifecycle.ts';
import { fail, succeed } from '../../../shared/lib/result.ts';
import { accountSchema } from '../../../shared/wire/account.ts';

/** Read anew at each call, so that a test can change the person between two logins. */
const scriptSchema = z.strictObject({
  account: accountSchema,
  groups: z.array(z.string()),
  loginId: z.string(),
  /** `refused` stands for a system that will not sign out. */
  signOut: z.enum(['taken', 'refused']),
  /** What the agent asked the system for, one word a line. */
  journalFile: z.string(),
});
export type AgentScript = z.infer<typeof scriptSchema>;

const scriptFile = process.env['PORTHOR_TEST_SCRIPT'] ?? '';
const readScript = (): AgentScript => scriptSchema.parse(JSON.parse(readFileSync(scriptFile, 'utf8')));
const asked = (word: string) => {
  appendFileSync(readScript().journalFile, `${word}\n`);
};

// No test display has a tray, so a test presses the entries of the real menu where the tray would.
const buildMenu = Menu.buildFromTemplate.bind(Menu);
Menu.buildFromTemplate = (template) => {
  const menu = buildMenu(template);
  Object.assign(globalThis, { trayMenu: menu });
  return menu;
};

runAgent({
  adaptPlatform: (platform) => ({
    ...platform,
    account: {
      capability: () => ({ name: 'account', level: 'full', reason: '' }),
      read: () => {
        const { account, groups, loginId } = readScript();
        return Promise.resolve(succeed({ account, groups, loginId }));
      },
    },
    session: {
      capability: () => ({ name: 'session', level: 'full', reason: '' }),
      signOut: () => {
        asked('sign-out');
        const answer = readScript().signOut;
        return Promise.resolve(
          answer === 'taken' ? succeed('requested') : fail({ kind: 'refused', reason: 'busy' }),
        );
      },
      readState: () => platform.session.readState(),
    },
    lock: {
      capability: () => ({ name: 'lock', level: 'full', reason: '' }),
      lock: () => {
        asked('lock');
        return Promise.resolve(succeed('confirmed'));
      },
      lockAtOnce: () => {
        asked('lock');
        return succeed('requested');
      },
    },
  }),
});
