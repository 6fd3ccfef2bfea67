import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { namesIn, SERVICE_LOGIN } from '../support/appliance.js';
import { hasProgram, type Run, run } from '../support/programs.js';

/** The job of docs/operations.md: FOLDER is what is handed over, REMOTE where to; the rest are options of sftp. */
const JOB = `
  folder=$1 remote=$2; shift 2
  cd "$folder"
  find . -type f ! -name 'lot.*' -exec sha256sum {} + > lot.sha256
  rm -f lot.OK lot.KO
  sftp "$@" -b - 127.0.0.1 <<END
cd "$remote"
put -R *
-get lot.KO
get lot.OK
END`;

describe.skipIf(!hasProgram('sftp'))('a batch job of OpenSSH sftp and sha256sum', () => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await openClientBench();
    await bench.door.operator.setManifests(bench.door.group, true);
    await mkdir(bench.local('lot/sub dir'), { recursive: true });
    await writeFile(bench.local('lot/é.csv'), 'one');
    await writeFile(bench.local('lot/sub dir/large file.bin'), Buffer.alloc(3_000_000, 'two'));
    await writeFile(bench.local('lot/empty.flag'), '');
  });
  afterAll(() => bench.close());

  /** @param meddle done to the manifest before it is sent */
  function job(meddle = ':'): Promise<Run> {
    const options = ['-P', String(bench.door.port), '-o', 'BatchMode=no', '-o', `User=${SERVICE_LOGIN}`];
    const script = JOB.replace('rm -f', `${meddle}\n  rm -f`);
    const args = [
      '-euc',
      script,
      'job',
      bench.local('lot'),
      bench.door.base,
      ...options,
      ...bench.sshOptions,
    ];
    return run('sh', args, { environment: bench.environment, cwd: bench.local('.') });
  }
  const receipt = (kind: 'OK' | 'KO') => readFile(bench.local(`lot/lot.${kind}`), 'utf8');
  const seen = async () => {
    const claire = await bench.door.workspace('claire');
    return [
      ...(await namesIn(claire, bench.door.base)),
      ...(await namesIn(claire, `${bench.door.base}/sub dir`)),
    ];
  };

  test('hands over a folder in one session, and reads its receipt in the same', async () => {
    await bench.door.takeMails();
    const { code, stderr } = await job();
    expect(stderr).toMatch(/^(Connected to .*\n)?File .*lot\.KO\\?" not found\.\s*$/u);
    expect(code).toBe(0);
    expect(await receipt('OK')).toMatch(/^3 files published at 2/u);
    expect((await seen()).sort()).toEqual(['empty.flag', 'large file.bin', 'sub dir', 'é.csv']);
    expect(await bench.rowsOf('large file.bin')).toEqual(['deposit ok']);
    expect(await bench.door.takeMails()).toHaveLength(4);
  });

  test('may be run again as it is', async () => {
    expect((await job()).code).toBe(0);
    expect(await receipt('OK')).toMatch(/^\d files? published/u);
    for (const name of ['é.csv', 'large file.bin', 'empty.flag'])
      expect(await bench.rowsOf(name)).toEqual(['deposit ok', 'deposit ok']);
  });

  test('ends with an error, and has what is wrong in its hands, when a manifest does not fit', async () => {
    await appendFile(bench.local('lot/é.csv'), ' and more');
    expect((await job("sed -i '1s/^./x/' lot.sha256")).code).toBe(1);
    expect(await receipt('KO')).toMatch(/^line 1: not a line of sha256sum/u);
    expect(await bench.rowsOf('é.csv')).toEqual(['deposit ok', 'deposit ok']);
    expect((await job()).code).toBe(0);
    expect(await receipt('OK')).toMatch(/^3 files published/u);
    // What the run before left waiting, and the same once more.
    expect(await bench.rowsOf('é.csv')).toEqual(Array(4).fill('deposit ok'));
  });
});
