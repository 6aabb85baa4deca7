/** Everything that hardens the agent's windows, in one place to review. */
import { join, normalize, sep } from 'node:path';
import { app, type ProtocolRequest, protocol, session } from 'electron';
import {
  type ClientCertificateRule,
  chooseClientCertificate,
} from '../platform/network/client-certificate.ts';
import { appScheme } from '../windows/open-page.ts';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Chromium's `net::ERR_FILE_NOT_FOUND`. */
const fileNotFound = -6;

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const debuggingSwitches = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address'];

let clientCertificate: ClientCertificateRule | undefined;

/** Names the one server that may get a client certificate from now on; undefined: no server gets one. */
export function nameClientCertificate(rule: ClientCertificateRule | undefined): void {
  clientCertificate = rule;
}

/** Must run before the app is ready: Electron reads the scheme's privileges and Chromium's switches only once. */
export function hardenBeforeReady(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
  // As root, on a developer's or a test machine, Chromium's own sandbox cannot start, so the agent must not demand it.
  if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  // Chromium reads its own switches from the command line. With these, any program could tick boxes and press buttons
  // in the gate's page. Only the benchmarks and tests of unpackaged builds need them.
  if (app.isPackaged) for (const name of debuggingSwitches) app.commandLine.removeSwitch(name);
  // A page of text needs no graphics processor. A driver that keeps failing would end the agent, because Chromium gives
  // up after a few crashes of its GPU process.
  app.disableHardwareAcceleration();
  // Nor does it need the software that draws WebGL without a driver: 9 MiB in the GPU process, all day.
  app.commandLine.appendSwitch('disable-software-rasterizer');
  // A spare renderer would stay alive behind an open gate for months (product: 4 GB PCs).
  app.commandLine.appendSwitch('disable-features', 'SpareRendererForSitePerProcess');
  // The agent asks one server a few times an hour and needs no network process for that: 20 MiB, all day. Pages reach
  // no network at all (see below), so they cannot send anything into the main process this way.
  app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2');

  // Where no listener answers, Electron 44 and later send the first certificate of the user's store to every server that
  // asks, for `net.fetch` too. It names the user.
  app.on('select-client-certificate', (event, _contents, server, offered, answer) => {
    event.preventDefault();
    const chosen = chooseClientCertificate(clientCertificate, server, offered, new Date());
    if (chosen === undefined) answer();
    else answer(chosen);
  });

  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Serves the built pages under our own scheme (never `file:`) and denies every permission. */
export function hardenWhenReady(rendererFolder: string): void {
  // Deprecated in favour of `protocol.handle`, and kept on purpose. The new call goes through the web's Request and
  // Response, for which Node loads a whole HTTP client with TLS before the first window. It also reads slowly
  // (electron#42612). Replace this call when `protocol.handle` needs neither.
  protocol.registerFileProtocol(appScheme, (request, answer) => {
    const page = findPage(request, rendererFolder);
    if (page === undefined) answer({ error: fileNotFound });
    else answer({ path: page.path, headers: { ...pageHeaders, 'content-type': page.mediaType } });
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.on('will-download', (event) => event.preventDefault());
  // Pages are wholly local; the agent's own requests go through `net.fetch` in the main process, not through here.
  defaultSession.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: details.webContentsId !== undefined && !details.url.startsWith(`${appScheme}:`) });
  });
}

/** The file that a request may read, and its type; undefined for every other request. */
function findPage(
  { method, url: address }: ProtocolRequest,
  rendererFolder: string,
): { readonly path: string; readonly mediaType: string } | undefined {
  const url = new URL(address);
  // Built files have plain names. An address with an escape is none of theirs, so the agent does not decode it.
  if (method !== 'GET' || url.host !== 'app' || url.pathname.includes('%')) return undefined;
  const path = normalize(join(rendererFolder, url.pathname));
  const mediaType = mediaTypes[/\.[a-z]+$/u.exec(path)?.[0] ?? ''];
  if (!path.startsWith(rendererFolder + sep) || mediaType === undefined) return undefined;
  return { path, mediaType };
}
