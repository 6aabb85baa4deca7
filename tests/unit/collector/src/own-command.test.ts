/** The collector's commands, as the installation at hand runs them. */
import { describe, expect, it } from 'vitest';
import { showOwnCommands } from '../../../../collector/src/own-command.ts';

const help = [
  '  npm run collector -- serve --data /var/lib/porthor --port 8437 --console-address',
  '  npm run collector -- token create --data DIR [--expires DAYS|never]',
  '      Prints a new enrolment token.',
].join('\n');

describe('the command of a package', () => {
  it('stands in each line instead of the one for the source, without the folder that the package knows', () => {
    expect(showOwnCommands(help, 'sudo porthor-collector').split('\n')).toEqual([
      '  sudo porthor-collector serve --port 8437 --console-address',
      '  sudo porthor-collector token create [--expires DAYS|never]',
      '      Prints a new enrolment token.',
    ]);
    expect(showOwnCommands('Wrong. See: npm run collector -- --help', 'sudo porthor-collector')).toBe(
      'Wrong. See: sudo porthor-collector --help',
    );
  });

  it('is not invented where the collector runs from its source', () => {
    expect(showOwnCommands(help, undefined)).toBe(help);
    expect(showOwnCommands(help, '')).toBe(help);
  });
});
