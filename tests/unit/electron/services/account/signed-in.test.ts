/** How often the agent asks the system who is signed in. */
import { expect, it } from 'vitest';
import type { AccountPort } from '../../../../../electron/platform/account/account-port.ts';
import { createSignedIn } from '../../../../../electron/services/account/signed-in.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import { account } from '../../../../support/storage-fixtures.ts';

const mair = { account, groups: [], loginId: 'login-1' };

it('the agent asks the system once for all callers, again after a refusal, and not after an answer', async () => {
  const answers: ((answer: Awaited<ReturnType<AccountPort['read']>>) => void)[] = [];
  const signedIn = createSignedIn({
    capability: () => ({ name: 'account', level: 'full', reason: '' }),
    read: () => new Promise((resolve) => answers.push(resolve)),
  });
  const [one, other] = [signedIn.read(), signedIn.read()];
  expect(answers).toHaveLength(1);
  expect(signedIn.person()).toBeUndefined();
  const refusal = fail({ kind: 'unreadable', reason: 'the directory is busy' } as const);
  answers[0]?.(refusal);
  expect(await one).toEqual(refusal);
  expect(await other).toEqual(refusal);

  const again = signedIn.read();
  answers[1]?.(succeed(mair));
  expect(await again).toEqual(succeed(mair));
  expect(signedIn.person()).toBe(mair);
  expect(await signedIn.read()).toEqual(succeed(mair));
  expect(answers).toHaveLength(2);
});
