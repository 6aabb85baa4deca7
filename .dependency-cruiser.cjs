// The layer rules of the house: which folder may import which. `npm test` checks them.

// An adapter: `lock.win32.ts`, `lock.linux.ts`, `network.electron.ts`, and those of any system to come.
const adapter = '^electron/.*\\.[a-z0-9]+\\.ts$';

const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only(
      'shared-is-neutral',
      '^shared/',
      ['^shared/', '^assets/locales/', '^node_modules/zod'],
      'shared depends on zod and the words on the screen alone',
    ),
    only(
      'domain-is-pure',
      '^electron/domain/',
      ['^electron/domain/', '^shared/', '^node_modules/zod'],
      'values in, values out',
    ),
    {
      name: 'domain-knows-no-window',
      comment:
        'what a decision needs is in shared/policy, shared/device or shared/wire; the windows’ protocol follows it',
      severity: 'error',
      from: { path: '^electron/domain/' },
      to: { path: '^shared/ipc/' },
    },
    {
      name: 'platform-knows-no-policy',
      severity: 'error',
      from: { path: '^electron/platform/' },
      to: { path: '^(electron/(domain|services|storage|windows|tray|ipc|app|preload)|renderer|collector)/' },
    },
    {
      name: 'storage-knows-no-decisions',
      severity: 'error',
      from: { path: '^electron/storage/' },
      to: { path: '^(electron/(services|windows|tray|ipc|app|preload|platform)|renderer|collector)/' },
    },
    {
      name: 'services-use-ports',
      severity: 'error',
      from: { path: '^electron/services/' },
      to: { path: [adapter, '^electron/(windows|tray|ipc|app|preload)/', '^(renderer|collector)/'] },
    },
    {
      name: 'services-know-no-electron',
      comment: 'what a service asks of Electron, it asks a port in electron/platform',
      severity: 'error',
      from: { path: '^electron/services/' },
      to: { path: '^electron$|(^|/)node_modules/electron/' },
    },
    {
      name: 'windows-tray-ipc-use-services',
      severity: 'error',
      from: { path: '^electron/(windows|tray|ipc)/' },
      to: { path: [adapter, '^electron/(app|preload)/', '^(renderer|collector)/'] },
    },
    only(
      'preload-is-a-bridge',
      '^electron/preload/',
      ['^electron/preload/', '^shared/(ipc|lib)/', '^electron$', '^node_modules/electron'],
      'preload knows the contracts only',
    ),
    {
      name: 'renderer-knows-shared',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|collector|build|tests)/' },
    },
    {
      name: 'one-window-never-imports-another',
      severity: 'error',
      from: { path: '^renderer/(gate|cover|about|agreements|records|problem|idle-warning|media-warning)/' },
      to: {
        path: '^renderer/(gate|cover|about|agreements|records|problem|idle-warning|media-warning)/',
        pathNot: '^renderer/$1/',
      },
    },
    {
      name: 'collector-stands-alone',
      severity: 'error',
      from: { path: '^collector/', pathNot: '^collector/console/' },
      to: { path: '^(electron|renderer|build|tests|shared/(ipc|config)|collector/console)/' },
    },
    {
      name: 'console-asks-the-api',
      comment:
        'the console’s page runs in a browser: it uses the look and the neutral parts of the agent’s windows',
      severity: 'error',
      from: { path: '^collector/console/' },
      to: {
        path: '^(electron|build|tests|shared/(ipc|config)|collector/(src|migrations)|renderer)/',
        pathNot: '^renderer/(components|styles)/',
      },
    },
    only(
      'migrations-are-frozen',
      '^collector/migrations/',
      ['^collector/migrations/', '^node_modules/kysely', '^(node:)?crypto$'],
      'a released migration uses no code that changes',
    ),
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { pathNot: '^(tests|build)/' },
      to: { path: '^(tests|build)/' },
    },
    {
      name: 'test-folders-share-only-support',
      comment:
        'a helper of two folders of tests belongs in tests/support; Wine runs the suite of the ports as it is',
      severity: 'error',
      from: { path: '^tests/([^/]+)/' },
      to: {
        path: '^tests/',
        pathNot: '^tests/(?:$1|support|fakes|fixtures)/|^tests/contract/platform/ports[.]test[.]ts$',
      },
    },
    {
      name: 'adapters-only-by-dynamic-import',
      comment: 'each system loads its own adapters alone',
      severity: 'error',
      from: { path: '^electron/', pathNot: adapter },
      to: { path: adapter, dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'systems-stay-apart',
      comment:
        'an adapter of one system never imports that of another; those of Electron run on every system',
      severity: 'error',
      from: { path: '^electron/.*\\.([a-z0-9]+)\\.ts$' },
      to: { path: adapter, pathNot: '\\.($1|electron)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tests/tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
    exclude: { path: '(^|/)(dist|\\.porthor)/' },
  },
};
