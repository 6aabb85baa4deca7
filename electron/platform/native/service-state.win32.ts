/** Whether a service of Windows runs, as a standard user may ask. */
import type { Native } from './native.win32.ts';
import { windows } from './windows-numbers.ts';

const library = 'advapi32.dll';
/** Every user who has logged in has the rights to connect and to query the status. */
const { mayConnect, mayQueryStatus, statusBytes, state, running } = windows.service;

/** Answers false for a service that does not exist, or that this account may not query. */
export function createServiceQuestion(native: Native): (serviceName: string) => boolean {
  const openManager = native.define<(machine: null, database: null, access: number) => bigint | null>(
    library,
    'OpenSCManagerW',
    'void *',
    ['void *', 'void *', 'uint32_t'],
  );
  const openService = native.define<(manager: bigint, name: string, access: number) => bigint | null>(
    library,
    'OpenServiceW',
    'void *',
    ['void *', 'str16', 'uint32_t'],
  );
  const queryStatus = native.define<(service: bigint, status: Buffer) => number>(
    library,
    'QueryServiceStatus',
    'int32_t',
    ['void *', 'void *'],
  );
  const close = native.define<(handle: bigint) => number>(library, 'CloseServiceHandle', 'int32_t', [
    'void *',
  ]);
  return (serviceName) => {
    const manager = openManager(null, null, mayConnect);
    if (manager === null) return false;
    try {
      const service = openService(manager, serviceName, mayQueryStatus);
      if (service === null) return false;
      try {
        const status = Buffer.alloc(statusBytes);
        return queryStatus(service, status) !== 0 && status.readUInt32LE(state) === running;
      } finally {
        close(service);
      }
    } finally {
      close(manager);
    }
  };
}
