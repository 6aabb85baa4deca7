/** Whether a service of Windows runs, as a standard user may ask. */
import type { Native } from './native.win32.ts';

const library = 'advapi32.dll';
/** SC_MANAGER_CONNECT and SERVICE_QUERY_STATUS (winsvc.h): everybody who has logged in has these rights. */
const mayConnect = 1;
const mayQueryStatus = 4;
/** SERVICE_STATUS: seven numbers, of which the second is the state. */
const statusBytes = 28;
const stateOffset = 4;
/** SERVICE_RUNNING */
const running = 4;

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
        return queryStatus(service, status) !== 0 && status.readUInt32LE(stateOffset) === running;
      } finally {
        close(service);
      }
    } finally {
      close(manager);
    }
  };
}
