/** Ends with 0 when the collector of this container answers: `node health-probe.ts`. */
import { isAnswering } from './is-answering.ts';

const { PORTHOR_PORT: port = '', PORTHOR_TLS_CERTIFICATE: certificate = '' } = process.env;

process.exitCode = (await isAnswering(`${certificate === '' ? 'http' : 'https'}://127.0.0.1:${port}`))
  ? 0
  : 1;
