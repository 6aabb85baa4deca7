/** `collector -- witness`: signs the logs of neighbours, each only as long as it grows. */
import { once } from 'node:events';
import path from 'node:path';
import { CollectorError } from './collector-error.ts';
import { readLogKey } from './log/checkpoint.ts';
import { readOrCreateLogKey } from './log/key-file.ts';
import { witnessVerifierKey } from './witness/cosignature.ts';
import { startWitness } from './witness/witness-server.ts';
import { readLogKeys } from './witness/witness-state.ts';

export const witnessHelp = `  npm run collector -- witness --data DIR --port N --logs FILE [--host ADDRESS]
      Runs a witness (https://c2sp.org/tlog-witness) for the logs of other authorities until Ctrl+C. FILE holds their keys,
      one a line. It signs a checkpoint only with the proof that the log has grown. DIR keeps what it saw, and its key.
      A collector asks it with: serve --witness URL --witness-key KEY
`;

/** Throws CollectorError where the start fails. */
export async function runWitness(
  options: {
    readonly dataDirectory: string;
    readonly logsFile: string;
    readonly host: string;
    readonly port: number;
  },
  { say, now }: { readonly say: (line: string) => void; readonly now: () => Date },
): Promise<void> {
  const { dataDirectory, logsFile, host, port } = options;
  const logKeys = await readLogKeys(logsFile);
  const keyText = await readOrCreateLogKey(dataDirectory, true, {
    fileName: 'witness.key',
    name: 'porthor.witness',
  });
  const key = keyText === undefined ? undefined : readLogKey(keyText);
  if (key === undefined) throw new CollectorError(`There is no key in ${dataDirectory}.`);
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const stateDirectory = path.join(dataDirectory, 'witnessed');
  const witness = await startWitness({ stateDirectory, logKeys, key, host, port, now }).catch(
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new CollectorError(`The witness cannot listen on ${host} port ${port} (${code}).`);
    },
  );
  say(`listening on ${witness.address}`);
  say(`key ${witnessVerifierKey(key)}`);
  try {
    await ended;
  } finally {
    await witness.close();
  }
}
