/** Turns a fault into the event that reports it, within the limits of the wire. */
import type { Machine } from '../../../shared/wire/account.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';

export function describeFault(fault: StorageFault, machine: Machine): NewEvent<'porthor.agent.fault.v1'> {
  return {
    type: 'porthor.agent.fault.v1',
    subject: machine.id,
    data: {
      fault: fault.fault.slice(0, 64),
      subject: fault.subject.slice(0, 256),
      reason: fault.reason.slice(0, 1000),
      machine,
    },
  };
}
