/** The self-check from the command line: checks this PC, prints the report and writes the file for support. */
import { writeFile } from 'node:fs/promises';
import { createSelfCheckWords } from '../../shared/i18n/self-check-words.ts';
import { chooseLanguage, type Language } from '../../shared/lib/language.ts';
import { exitCodeOf } from '../domain/self-check/evaluate-facts.ts';
import { checkThisPc, reportFile, type ThisPc } from '../services/self-check/check-this-pc.ts';
import { runDeepCheck } from '../services/self-check/deep-check.ts';
import { describeReport } from '../services/self-check/describe-report.ts';
import { openPreferences } from '../storage/preferences/preferences.ts';
import { createSealedText } from '../storage/sealed-text.ts';
import { createDeepCheckDesk } from '../windows/deep-check-desk.ts';
import type { SelfCheckRequest } from './command-line.ts';

/** Resolves with the exit code: 0 all works, 1 works with limits, 2 something fails or the file was not written. */
export async function startSelfCheck(
  request: SelfCheckRequest,
  pc: ThisPc,
  systemLanguages: readonly string[],
): Promise<number> {
  const language = await findLanguage(pc, systemLanguages);
  const report = await checkThisPc(pc, {
    consentsToLock: request.consentsToLock,
    ...(request.deep
      ? {
          deepCheck: (hide) =>
            runDeepCheck({
              platform: pc.platform,
              desk: createDeepCheckDesk(pc.platform, createSelfCheckWords(language)),
              sealed: createSealedText(pc.ownFolder),
              ownFolder: pc.ownFolder,
              hide,
            }),
        }
      : {}),
  });
  const json = reportFile(report);
  await print(
    process.stdout,
    request.json ? json : describeReport(report, language, request.saveFile !== undefined),
  );
  if (request.saveFile === undefined) return exitCodeOf(report.result);

  const words = createSelfCheckWords(language);
  const file = request.saveFile;
  try {
    await writeFile(file, json, { mode: 0o600 });
    // On stderr, so that standard output holds only the JSON.
    await print(process.stderr, `${words('self-check.saved', { file })}\n`);
    return exitCodeOf(report.result);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await print(process.stderr, `${words('self-check.notSaved', { file, reason })}\n`);
    return exitCodeOf('failed');
  }
}

/** As in every window: the user's own choice, else the school's, else the system's. */
async function findLanguage(
  { platform, ownFolder }: ThisPc,
  systemLanguages: readonly string[],
): Promise<Language> {
  const preferences = await openPreferences(ownFolder, () => undefined);
  const saved = preferences.language();
  if (saved !== undefined) return saved;
  const answer = await platform.managedConfig.read();
  const managed = answer.kind === 'loaded' ? answer.config.language : 'auto';
  return managed === 'auto' ? chooseLanguage(systemLanguages) : managed;
}

/** Resolves when the text is written: a program that ends earlier loses what the pipe has not taken yet. */
function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
