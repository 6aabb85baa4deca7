/** One agent for each login session, also where another session or PC holds the lock of a folder. */
import { describe, expect, it } from 'vitest';
import { oneFolder } from '../../../../../electron/platform/own-folders/own-folders.ts';
import { claimInstance } from '../../../../../electron/services/instance/claim-instance.ts';

type Holder = 'this-session' | 'elsewhere';

/** @param held who holds the lock of each folder. */
function claim(
  held: Readonly<Record<string, Holder>>,
  folders: readonly [string, ...string[]] = ['a', 'a-2', 'a-3'],
) {
  let used = '';
  const asked: string[] = [];
  const outcome = claimInstance(
    { folders, isAgentHere: (folder) => held[folder] === 'this-session' },
    {
      moveTo: (folder) => {
        used = folder;
      },
      request: () => {
        asked.push(used);
        return held[used] === undefined;
      },
    },
  );
  return { outcome, used, asked };
}

describe('the agent of a login session', () => {
  it('takes the first folder', () => {
    expect(claim({})).toEqual({ outcome: { kind: 'claimed', passedOver: 0 }, used: 'a', asked: ['a'] });
  });

  it('leaves a running agent of its session alone, in whichever folder that is', () => {
    expect(claim({ a: 'this-session' })).toMatchObject({ outcome: { kind: 'other-agent' }, asked: ['a'] });
    // The first folder is free by now; a second agent of the session must not take it.
    expect(claim({ 'a-2': 'this-session' })).toMatchObject({
      outcome: { kind: 'other-agent' },
      asked: ['a-2'],
    });
  });

  it('runs beside an agent of another session or PC, and says which folders it passed over', () => {
    expect(claim({ a: 'elsewhere', 'a-2': 'elsewhere' })).toEqual({
      outcome: { kind: 'claimed', passedOver: 2 },
      used: 'a-3',
      asked: ['a', 'a-2', 'a-3'],
    });
  });

  it('is refused where others hold every folder', () => {
    expect(claim({ a: 'elsewhere' }, ['a']).outcome).toEqual({ kind: 'refused' });
  });

  it('has one folder on systems whose lock reaches every agent', () => {
    const claimOne = (isFree: boolean) =>
      claimInstance(oneFolder('own'), { moveTo: () => undefined, request: () => isFree });
    expect(claimOne(true)).toEqual({ kind: 'claimed', passedOver: 0 });
    expect(claimOne(false)).toEqual({ kind: 'other-agent' });
  });

  it('takes the folder of an agent of its session that ends meanwhile', () => {
    const outcome = claimInstance(
      { folders: ['a', 'a-2'], isAgentHere: (folder) => folder === 'a-2' },
      { moveTo: () => undefined, request: () => true },
    );
    expect(outcome).toEqual({ kind: 'claimed', passedOver: 0 });
  });
});
