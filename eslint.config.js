// Only the type-aware rules live here; Biome formats and does the rest.
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const rawIpc = {
  paths: [
    {
      name: 'electron',
      importNames: ['ipcMain'],
      message:
        'Register handlers through electron/ipc/register.ts, which checks the sender and parses both ways.',
    },
    {
      name: 'electron',
      importNames: ['ipcRenderer'],
      message: 'Only electron/preload/bridge.ts talks to ipcRenderer.',
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', '.porthor/', 'node_modules/', 'test-results/', 'coverage/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/promise-function-async': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-restricted-imports': ['error', rawIpc],
    },
  },
  {
    files: ['electron/ipc/register.ts', 'electron/preload/bridge.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['{renderer,collector/console}/**/*.tsx', '{renderer,collector/console}/**/*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
);
