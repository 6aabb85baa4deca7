/** Seals one secret in several ways, so that it opens while any one of them does. */
import { z } from 'zod';
import type { UnprotectedSecret } from './secret-store-port.ts';

export interface Seal {
  /** Rejects where this way is not available now. */
  seal(secret: string): Promise<string>;
  open(kept: string): Promise<string>;
}

const partsSchema = z.record(z.string(), z.string());

/** @param seals by the name under which each stands in the kept text. */
export function createJoinedSeals(seals: Readonly<Record<string, Seal>>) {
  const sealAll = async (secret: string): Promise<Readonly<Record<string, string>>> => {
    const parts = await Promise.all(
      Object.entries(seals).map(async ([name, { seal }]) => {
        const text = await attempt(() => seal(secret));
        return text.ok ? [[name, text.value] as const] : [];
      }),
    );
    return Object.fromEntries(parts.flat());
  };

  return {
    /** Rejects where no way is available. */
    async protect(secret: string): Promise<string> {
      const parts = await sealAll(secret);
      if (Object.keys(parts).length === 0) throw new Error('the system sealed the secret in no way');
      return JSON.stringify(parts);
    },
    /**
     * Answers when the first way has opened the text: a login does not wait for a slow one. `renewed` comes when every
     * way has ended, and is set where more of them open the new text than the old one. Rejects where no way opens it.
     */
    async unprotect(kept: string): Promise<UnprotectedSecret> {
      const parts = partsSchema.parse(JSON.parse(kept));
      const attempts = Object.entries(seals).map(async ([name, { open }]) => {
        const part = parts[name];
        if (part === undefined) throw new Error(`the secret was not sealed by ${name}`);
        return { name, secret: await open(part) };
      });
      const ended = Promise.allSettled(attempts);
      const { secret } = await Promise.any(attempts).catch(() => {
        throw new Error('the system opened the secret in no way');
      });
      const renew = async (): Promise<string | undefined> => {
        const working = (await ended).flatMap((one) => (one.status === 'fulfilled' ? [one.value.name] : []));
        if (working.length === attempts.length) return undefined;
        const renewed = await sealAll(secret);
        const gains = Object.keys(renewed).some((name) => !working.includes(name));
        const keepsAll = working.every((name) => renewed[name] !== undefined);
        return gains && keepsAll ? JSON.stringify(renewed) : undefined;
      };
      return { secret, renewed: renew() };
    },
  };
}

type Attempt = { readonly ok: true; readonly value: string } | { readonly ok: false };

async function attempt(work: () => Promise<string>): Promise<Attempt> {
  try {
    return { ok: true, value: await work() };
  } catch {
    return { ok: false };
  }
}
