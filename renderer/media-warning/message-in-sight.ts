/** Keeps a form's message and its field in sight. */
import { type RefObject, useEffect } from 'react';

/** The message comes between label and field, and may push the field out of a small window. */
export function useMessageInSight(
  message: string | undefined,
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  shown: RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    if (message === undefined) return;
    field.current?.form?.scrollIntoView({ block: 'nearest' });
    // At 400 % the form is higher than the list.
    field.current?.scrollIntoView({ block: 'nearest' });
    shown.current?.scrollIntoView({ block: 'nearest' });
  }, [message, field, shown]);
}
