/** Reads the text of a configuration file into a managed config, whatever editor wrote it. */
import {
  type ManagedConfig,
  type ManagedConfigProblem,
  parseManagedConfig,
} from '../../../shared/config/managed-config.ts';
import { fail, type Result } from '../../../shared/lib/result.ts';
import { findJsonError } from './find-json-error.ts';

/** A byte order mark, as Notepad writes it, is tolerated; any other encoding than UTF-8 is named. */
export function parseConfigText(bytes: Uint8Array): Result<ManagedConfig, readonly ManagedConfigProblem[]> {
  const refuse = (reason: string) => fail([{ key: 'document', reason }]);
  if (bytes.length === 0) return refuse('the file is empty; a file without settings holds {}');
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refuse('the file is in UTF-16; save it as UTF-8');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('the file is not in UTF-8; save it as UTF-8');
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    const error = findJsonError(text);
    return refuse(
      error === undefined
        ? 'is not valid JSON'
        : `is not valid JSON: line ${error.line}, column ${error.column}: expected ${error.expected}`,
    );
  }
  return parseManagedConfig(document);
}
