// Who may know whom: the layer rules of the house, checked on every run of the tests.
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
      to: {
        path: '(\\.(win32|linux|electron)\\.ts$)|^electron/(windows|tray|ipc|app|preload)/|^(renderer|collector)/',
      },
    },
    {
      name: 'windows-tray-ipc-use-services',
      severity: 'error',
      from: { path: '^electron/(windows|tray|ipc)/' },
      to: { path: '^electron/(app|preload)/|\\.(win32|linux)\\.ts$|^(renderer|collector)/' },
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
      from: { path: '^collector/' },
      to: { path: '^(electron|renderer|build|tests|shared/(ipc|config))/' },
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
        pathNot:
          '^tests/(?:$1|support|fakes|fixtures)/|^tests/collector/(?:command-line-support|exported-texts)[.]ts$|^tests/contract/platform/ports[.]test[.]ts$',
      },
    },
    {
      name: 'win32-only-by-dynamic-import',
      severity: 'error',
      from: { path: '^electron/', pathNot: '\\.win32\\.ts$' },
      to: { path: '\\.win32\\.ts$', dependencyTypesNot: ['dynamic-import', 'type-only'] },
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
