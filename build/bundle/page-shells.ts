/** Makes the HTML of every window's page. The pages differ in their script and in the first paint before it runs. */
import path from 'node:path';
import type { Plugin } from 'vite';

/** Static frame by window, painted while a user waits. The other windows appear when their page is ready. */
const firstPaint: Readonly<Record<string, string>> = {
  gate: '<div class="gate" aria-hidden="true"><div class="rail"></div><div class="content"></div></div>',
  cover: '<div class="cover" aria-hidden="true"></div>',
};

const shellOf = (window: string): string => `<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Porthor</title>
    <link rel="stylesheet" href="./styles/index.css" />
    <script type="module" src="./${window}/main.tsx"></script>
  </head>
  <body>
    <div id="root">${firstPaint[window] ?? ''}</div>
  </body>
</html>
`;

/** `folder` holds the sources, with a folder named after each window. */
export const pageShells = (folder: string, windows: readonly string[]): Plugin => {
  const windowOf = new Map(windows.map((window) => [path.join(folder, `${window}.html`), window]));
  return {
    name: 'page-shells',
    enforce: 'pre',
    resolveId: (source) => (windowOf.has(source) ? source : undefined),
    load: (id) => {
      const window = windowOf.get(id);
      return window === undefined ? undefined : shellOf(window);
    },
  };
};
