/** A secret sealed in two ways opens while one of them does, and is sealed again when one is lost. */
import { describe, expect, it } from 'vitest';
import { createJoinedSeals, type Seal } from '../../../../../electron/platform/secret-store/joined-seals.ts';

/** Seals with a key that a test can replace or take away, as a password reset or a missing server does. */
function createSeal() {
  let key: number | undefined = 1;
  const world = { wait: Promise.resolve(undefined) };
  const seal: Seal = {
    seal: (secret) =>
      key === undefined ? Promise.reject(new Error('no key')) : Promise.resolve(`${key}:${secret}`),
    open: async (kept) => {
      await world.wait;
      if (key === undefined || !kept.startsWith(`${key}:`)) throw new Error('refused');
      return kept.slice(`${key}:`.length);
    },
  };
  return Object.assign(world, {
    seal,
    replaceKey: () => {
      key = (key ?? 1) + 1;
    },
    takeKey: () => {
      key = undefined;
    },
  });
}

function createWorld() {
  const user = createSeal();
  const machine = createSeal();
  const { protect, unprotect } = createJoinedSeals({ user: user.seal, machine: machine.seal });
  return {
    user,
    machine,
    protect,
    unprotect,
    /** The secret, and the text to keep, when every seal has answered. */
    openWhole: async (kept: string) => {
      const { secret, renewed } = await unprotect(kept);
      return { secret, renewed: await renewed };
    },
  };
}

describe('joined seals', () => {
  it('return the secret, with nothing to renew, while both open', async () => {
    const { protect, openWhole } = createWorld();
    expect(await openWhole(await protect('a key'))).toEqual({ secret: 'a key', renewed: undefined });
  });

  it.each(['user', 'machine'] as const)(
    'open without the key of the %s, and are whole again',
    async (lost) => {
      const world = createWorld();
      const kept = await world.protect('a key');
      world[lost].replaceKey();
      const { secret, renewed = '' } = await world.openWhole(kept);
      expect(secret).toBe('a key');
      expect(await world.openWhole(renewed)).toEqual({ secret: 'a key', renewed: undefined });
      world[lost === 'user' ? 'machine' : 'user'].replaceKey();
      expect((await world.unprotect(renewed)).secret).toBe('a key');
    },
  );

  it.each(['user', 'machine'] as const)('answer before the seal of the %s, which is slow', async (slow) => {
    const world = createWorld();
    const kept = await world.protect('a key');
    let release: (nothing: undefined) => void = () => undefined;
    world[slow].wait = new Promise((resolve) => {
      release = resolve;
    });
    const { secret, renewed } = await world.unprotect(kept);
    expect(secret).toBe('a key');
    release(undefined);
    expect(await renewed).toBe(undefined);
  });

  it('keep the old text while a lost seal cannot be made again', async () => {
    const world = createWorld();
    const kept = await world.protect('a key');
    world.user.takeKey();
    expect(await world.openWhole(kept)).toEqual({ secret: 'a key', renewed: undefined });
  });

  it('seal in one way where the other is missing, and add it when it is there', async () => {
    const world = createWorld();
    world.user.takeKey();
    const kept = await world.protect('a key');
    world.user.replaceKey();
    const { secret, renewed = '' } = await world.openWhole(kept);
    expect(secret).toBe('a key');
    world.machine.takeKey();
    expect((await world.unprotect(renewed)).secret).toBe('a key');
  });

  it('refuse where no seal opens or can be made, and where the text is no joined seal', async () => {
    const world = createWorld();
    const kept = await world.protect('a key');
    world.user.replaceKey();
    world.machine.replaceKey();
    await expect(world.unprotect(kept)).rejects.toThrow('in no way');
    world.user.takeKey();
    world.machine.takeKey();
    await expect(world.protect('a key')).rejects.toThrow('in no way');
    await expect(world.unprotect('not JSON')).rejects.toThrow();
  });
});
