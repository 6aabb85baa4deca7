/** The agent's identity: its key pair, and the id and token that the collector gave it. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  agentIdSchema,
  enrolmentResponseSchema,
  publicKeySchema,
} from '../../../shared/wire/collector-api.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import { type EvidenceTools, keyThumbprintText, readEvidence } from '../../../shared/wire/evidence.ts';
import { moveAside, type OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import { errorReason, type StorageFault, type WriteProblem, writeProblem } from '../storage-fault.ts';
import {
  type OpenedSecret,
  protectSecret,
  type SecretProblem,
  type SecretProtection,
  type StoredSecret,
  unprotectSecret,
} from './secret-protection.ts';

const enrolmentSchema = z.strictObject({
  agentId: agentIdSchema,
  agentToken: z.string().min(16).max(512),
  /** The collector that issued them; another collector needs another enrolment. */
  collectorUrl: z.string().max(2048),
  /** Names for the signed statement. Absent where the collector gave none. */
  collector: enrolmentResponseSchema.shape.collector,
  school: enrolmentResponseSchema.shape.school,
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

const secretSchema = z.object({
  privateKey: z.strictObject({ ...publicKeySchema.shape, d: z.string().regex(/^[A-Za-z0-9_-]{43}$/u) }),
  enrolment: enrolmentSchema.optional(),
});
type Secret = z.infer<typeof secretSchema>;

const storeSchema = z.strictObject({
  protection: z.string().max(64),
  secret: z.string().max(32_768),
  /** Not secret: says which agent this was, once the secret can no longer be opened. */
  agentId: agentIdSchema.optional(),
});

type PublicKey = z.infer<typeof publicKeySchema>;

export type Identity = {
  readonly publicKey: PublicKey;
  /** RFC 7638 thumbprint of the public key; evidence names the key by it. */
  readonly keyId: string;
  /** Ed25519, for signing evidence. */
  readonly privateKey: KeyObject;
  /** Ed25519 signature of the text's UTF-8, in base64url. */
  signText(text: string): string;
  /** Whether this key signed the evidence of the acknowledgement, over exactly these facts. */
  hasSigned(data: AcknowledgedData): boolean;
  /** HMAC-SHA-256 in base64url, with a key derived from the private key: for files that only this agent reads. */
  macOf(text: string): string;
  /** Undefined where the agent is not enrolled with this collector. */
  enrolment(collectorUrl: string): Enrolment | undefined;
  /** Whether the agent has been enrolled with any collector. */
  everEnrolled(): boolean;
  saveEnrolment(enrolment: Enrolment): Promise<Result<undefined, WriteProblem>>;
};

export type IdentityOptions = {
  readonly directory: string;
  readonly protection: SecretProtection;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
  /** Replaces a key that the system refuses to return; the old file is kept aside. */
  readonly replaceLocked?: boolean;
};

export type IdentityProblem =
  | SmallStoreProblem
  /** This session cannot open the key; a new key would make this PC another agent. */
  | ({ readonly kind: 'locked'; readonly file: string } & SecretProblem)
  | ({ readonly file: string } & WriteProblem);

export const identityFileName = 'identity.json';

/**
 * Opens the identity, and creates a key pair if there is none. A damaged file is kept aside and replaced by a new key
 * pair: the agent then enrols as a new agent. A key that the system does not return now is left alone, unless the caller
 * sets `replaceLocked`.
 */
export async function openIdentity(options: IdentityOptions): Promise<Result<Identity, IdentityProblem>> {
  const opened = await openSmallStore({ ...options, name: 'identity', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const write = (stored: StoredSecret, agentId: string | undefined) =>
    store.write({ ...stored, ...(agentId === undefined ? {} : { agentId }) });
  // One after the other, so that the system's answer to an older secret never replaces a newer one.
  let saving: Promise<unknown> = Promise.resolve();
  const save = (secret: Secret): Promise<Result<undefined, WriteProblem>> => {
    const saved = saving.then(() => protectAndWrite(secret));
    saving = saved;
    return saved;
  };
  const protectAndWrite = async (secret: Secret): Promise<Result<undefined, WriteProblem>> => {
    const stored = await protectSecret(JSON.stringify(secret), options.protection, (reason) =>
      options.onFault({
        fault: 'key-unprotected',
        subject: identityFileName,
        reason: `The system would not protect the agent's key: ${reason}`,
      }),
    );
    return write(stored, secret.enrolment?.agentId);
  };

  let secret: Secret;
  /** A failed write leaves the old text, which opens as it did now; the next start tries again. */
  const renew = async ({ secret: old, renewal }: OpenedSecret<Secret>): Promise<void> => {
    if (renewal.kind === 'store') {
      if (options.protection.available()) await save(old);
      return;
    }
    if (renewal.kind !== 'text') return;
    // No caller waits for the text, and it has nothing to say of a secret that was saved since.
    void renewal.text.then((text) => {
      if (text === undefined) return;
      const stored = { protection: options.protection.name, secret: text };
      saving = saving.then(() => (secret === old ? write(stored, old.enrolment?.agentId) : undefined));
    });
  };

  if (state.found === 'loaded') {
    const read = await unprotectSecret(state.value, options.protection, parseSecret);
    if (read.ok) {
      ({ secret } = read.value);
      await renew(read.value);
    } else {
      if (!read.error.refused || options.replaceLocked !== true) {
        return fail({ kind: 'locked', file: identityFileName, ...read.error });
      }
      const aside = await keepLockedAside(state.value.agentId, read.error.reason, options);
      if (!aside.ok) return aside;
      secret = newSecret();
      const written = await save(secret);
      if (!written.ok) return fail({ ...written.error, file: identityFileName });
    }
  } else {
    secret = newSecret();
    const written = await save(secret);
    if (!written.ok) return fail({ ...written.error, file: identityFileName });
  }

  const { d: _private, ...publicKey } = secret.privateKey;
  const privateKey = createPrivateKey({ key: secret.privateKey, format: 'jwk' });
  const keyId = createHash('sha256').update(keyThumbprintText(publicKey.x), 'utf8').digest('base64url');
  const macKey = Buffer.from(
    hkdfSync('sha256', Buffer.from(secret.privateKey.d, 'base64url'), '', 'porthor-receipts-v1', 32),
  );
  return succeed({
    publicKey,
    keyId,
    privateKey,
    hasSigned(data) {
      const read = readEvidence(data, evidenceTools);
      if (!read.ok || read.value.keyId !== keyId) return false;
      const { signingInput, signature } = read.value;
      return verify(null, Buffer.from(signingInput, 'latin1'), createPublicKey(privateKey), signature);
    },
    macOf: (text) => createHmac('sha256', macKey).update(text, 'utf8').digest('base64url'),
    signText: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
    enrolment: (collectorUrl) =>
      secret.enrolment?.collectorUrl === collectorUrl ? secret.enrolment : undefined,
    everEnrolled: () => secret.enrolment !== undefined,
    saveEnrolment(enrolment) {
      secret = { ...secret, enrolment };
      return save(secret);
    },
  });
}

const evidenceTools: EvidenceTools = {
  encodeText: (text) => Buffer.from(text, 'utf8').toString('base64url'),
  decodeText: (base64url) => Buffer.from(base64url, 'base64url').toString('utf8'),
  decodeBytes: (base64url) => Buffer.from(base64url, 'base64url'),
};

function parseSecret(text: string): Secret | undefined {
  return secretSchema.safeParse(JSON.parse(text)).data;
}

function newSecret(): Secret {
  const jwk: unknown = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return secretSchema.parse({ privateKey: jwk });
}

async function keepLockedAside(
  agentId: string | undefined,
  reason: string,
  options: IdentityOptions,
): Promise<Result<undefined, IdentityProblem>> {
  try {
    const keptAs = await moveAside(join(options.directory, identityFileName), 'locked', options.nowUtc());
    const was = agentId === undefined ? 'The PC had not enrolled yet.' : `It was agent ${agentId}.`;
    options.onFault({
      fault: 'identity-replaced',
      subject: identityFileName,
      reason: `The agent's key can no longer be opened (${reason}); it is kept as ${keptAs}, and a new one is made. ${was} Reports that still wait on this PC are sent by the new agent, so the numbers of that agent do not start at 1.`,
    });
    return succeed(undefined);
  } catch (error) {
    return fail({ ...writeProblem(error), reason: errorReason(error), file: identityFileName });
  }
}
