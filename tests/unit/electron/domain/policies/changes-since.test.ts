/** The changes since the last acceptance, over versions that the user skipped. */
import { expect, test } from 'vitest';
import { changesSince } from '../../../../../electron/domain/policies/changes-since.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const version = (number: string, changed: boolean = true) =>
  makePack({
    version: number,
    ...(changed ? { changes: { 'en-GB': `In ${number}`, 'cy-GB': `Yn ${number}` } } : {}),
  });
const known = [version('1'), version('2'), version('3', false), version('10'), version('11')];
const other = makePack({ id: 'phones', version: '2', changes: { 'en-GB': 'x', 'cy-GB': 'y' } });

test.each<[string, string | undefined, string[]]>([
  ['nothing for whom it is new', undefined, []],
  ['nothing since this very version', '10', []],
  ['nothing since a newer one', '11', []],
  ['the versions in between, newest first, by number', '1', ['10', '2']],
  ['only the newest after the one before', '3', ['10']],
])('%s', (_what, since, versions) => {
  expect(changesSince(version('10'), [...known, other], since).map((change) => change.version)).toEqual(
    versions,
  );
});

test('a version that is not on this PC any more cannot list its changes', () => {
  expect(changesSince(version('10'), [], '1').map(({ text }) => text['en-GB'])).toEqual(['In 10']);
});
