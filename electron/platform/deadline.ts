/** Puts an end to waiting for answers that the system may never give. */
import { fail, type Result, succeed } from '../../shared/lib/result.ts';

/**
 * Waits for `answer` at most `deadlineMs`. What comes later is dropped, a late rejection too; what is under way is not
 * stopped, so this is for calls that cannot be stopped. A rejection in time is passed on.
 */
export async function withDeadline<Value>(
  answer: Promise<Value>,
  deadlineMs: number,
): Promise<Result<Value, 'late'>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Result<Value, 'late'>>((resolve) => {
    timer = setTimeout(() => {
      resolve(fail('late'));
    }, deadlineMs);
  });
  try {
    return await Promise.race([answer.then((value) => succeed(value)), late]);
  } finally {
    clearTimeout(timer);
  }
}
