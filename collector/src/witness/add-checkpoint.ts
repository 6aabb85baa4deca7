/** What a witness answers to a checkpoint: https://c2sp.org/tlog-witness. It signs only a log that grew from what it saw. */
import { isConsistent } from '../../../shared/wire/log-consistency.ts';
import { readCheckpointText, readNote, readVerifierKey } from '../../../shared/wire/log-note.ts';
import { type LogKey, openNote } from '../log/checkpoint.ts';
import { emptyRoot, nodeHash } from '../log/merkle.ts';
import { cosign } from './cosignature.ts';
import type { WitnessState } from './witness-state.ts';

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  readonly contentType: string;
}

const mostHashes = 63;

const say = (status: WitnessAnswer['status'], line: string): WitnessAnswer => ({
  status,
  body: `${line}\n`,
  contentType: 'text/plain; charset=utf-8',
});

/** The size that the witness knows, so that the log can make the right proof. */
const conflict = (size: number): WitnessAnswer => ({
  status: 409,
  body: `${size}\n`,
  contentType: 'text/x.tlog.size',
});

interface Request {
  readonly oldSize: number;
  readonly proof: readonly string[];
  readonly note: string;
}

/** Undefined for a body of another form. */
function readRequest(body: string): Request | undefined {
  const end = body.indexOf('\n\n');
  const [first = '', ...proof] = end < 0 ? [] : body.slice(0, end).split('\n');
  const [, size] = /^old (0|[1-9]\d{0,14})$/u.exec(first) ?? [];
  const areHashes = proof.every((line) => /^[A-Za-z0-9+/]{43}=$/u.test(line));
  if (size === undefined || !areHashes || proof.length > mostHashes) return undefined;
  return { oldSize: Number(size), proof, note: body.slice(end + 2) };
}

const nodeHash64 = (left: string, right: string): string =>
  nodeHash(Buffer.from(left, 'base64'), Buffer.from(right, 'base64')).toString('base64');

/** `logKeys`: the keys of the logs that this witness knows. Calls must not overlap. */
export async function addCheckpoint(
  body: string,
  deps: {
    readonly logKeys: readonly string[];
    readonly state: WitnessState;
    readonly key: LogKey;
    readonly now: () => Date;
  },
): Promise<WitnessAnswer> {
  const { logKeys, state, key, now } = deps;
  const request = readRequest(body);
  const parts = request === undefined ? undefined : readNote(request.note);
  const seen = parts === undefined ? undefined : readCheckpointText(parts.text);
  if (request === undefined || parts === undefined || seen === undefined) {
    return say(400, 'This is not a request of tlog-witness.');
  }
  // The name of a log’s key is its origin.
  const ofLog = logKeys.filter((one) => readVerifierKey(one)?.name === seen.origin);
  if (ofLog.length === 0) return say(404, 'This witness does not know that log.');
  if (!ofLog.some((one) => openNote(request.note, one) !== undefined)) {
    return say(403, 'No key of that log has signed the checkpoint.');
  }
  if (request.oldSize > seen.size) return say(400, 'The old size is larger than the checkpoint.');
  const known = await state.read(seen.origin);
  if (request.oldSize !== (known?.size ?? 0)) return conflict(known?.size ?? 0);
  const older = known ?? { origin: seen.origin, size: 0, root: emptyRoot().toString('base64') };
  if (older.size === seen.size && older.root !== seen.root) return conflict(older.size);
  if (!isConsistent(older, seen, request.proof, nodeHash64)) {
    return say(422, 'The proof does not show that the log has grown from what this witness saw.');
  }
  // Kept before it is signed: after a kill the witness must not sign another log of that size.
  await state.write(seen, request.note);
  return {
    status: 200,
    body: cosign(parts.text, key, now()),
    contentType: 'text/plain; charset=utf-8',
  };
}
