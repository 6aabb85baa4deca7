/** Faults of the outbox itself: logged at once, and written as events with the next flush. */
import type { StorageFault } from '../storage-fault.ts';

/** Limits of the wire. */
const maxSubjectLength = 256;
const maxReasonLength = 1000;

export class OutboxFaults {
  readonly #onFault: (fault: StorageFault) => void;
  readonly #notedOnce = new Set<string>();
  #unwritten: StorageFault[] = [];

  constructor(onFault: (fault: StorageFault) => void) {
    this.#onFault = onFault;
  }

  /** For the log alone, with no event. */
  log(fault: StorageFault): void {
    this.#onFault(fault);
  }

  note(fault: StorageFault): void {
    const cut = {
      ...fault,
      subject: fault.subject.slice(0, maxSubjectLength),
      reason: fault.reason.slice(0, maxReasonLength),
    };
    const known = this.#unwritten.some(
      (other) => other.fault === cut.fault && other.subject === cut.subject && other.reason === cut.reason,
    );
    if (known) return;
    this.#unwritten.push(cut);
    this.#onFault(cut);
  }

  /** Once per fault and event: reporting the fault makes the sender read the same entry again. */
  noteOnce(eventId: string, fault: StorageFault): void {
    const key = `${fault.fault} ${eventId}`;
    if (this.#notedOnce.has(key)) return;
    this.#notedOnce.add(key);
    this.note(fault);
  }

  /** Faults that have no event yet. The caller writes them, or returns them with `putBack`. */
  takeUnwritten(): StorageFault[] {
    return this.#unwritten.splice(0);
  }

  putBack(faults: readonly StorageFault[]): void {
    this.#unwritten.unshift(...faults);
  }
}
