/** The sentence for a refusal of the device register. */
import { Refusal } from '../api/client.ts';
import type { useWords } from '../words/words-context.tsx';

type Words = ReturnType<typeof useWords>;

export function mediaSentences(error: Error | null, { text }: Pick<Words, 'text'>): Record<number, string> {
  const problems: Readonly<Record<string, string>> = {
    'already-there': text('console-media.problem.already-there'),
    'weak-serial': text('console-media.problem.weak-serial'),
    full: text('console-media.problem.full'),
    'too-long': text('console-media.problem.too-long'),
    'no-model': text('console-media.problem.no-model'),
  };
  const known = error instanceof Refusal ? problems[error.message] : undefined;
  return {
    400: text('console-media.problem.input'),
    404: text('console-media.problem.answered'),
    ...(known === undefined ? {} : { 409: known }),
  };
}
