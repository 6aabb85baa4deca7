/** The promises of every port, kept by the adapters of Windows: the suite that the fake and this system's own pass too. */
import '../../contract/platform/ports.test.ts';
