// Small ext4 file systems in a file, to fill up or to take the power from. Root only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** FS_IOC_SHUTDOWN, include/uapi/linux/fs.h, with FS_SHUTDOWN_FLAGS_NOLOGFLUSH: what is not on the device by now never will be. */
const CUT =
  'import fcntl,os,struct,sys;fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587D,struct.pack("I",2))';

/** Makes one, not mounted. Throws, in the system's own words, where that is not allowed. The caller ends it with `remove`. */
export function createVolume(sizeMib) {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'peps-volume-'));
  const image = join(folder, 'image');
  const mountPoint = join(folder, 'mounted');
  let device;
  let isMounted = false;

  function unmount() {
    if (isMounted) run('umount', [mountPoint]);
    isMounted = false;
  }

  const volume = {
    mountPoint,
    /** `options` as mount takes them. */
    mount(options = 'defaults') {
      run('mount', ['-t', 'ext4', '-o', options, device, mountPoint]);
      isMounted = true;
    },
    unmount,
    /** Takes the power away: dirty pages and the journal's open transaction are gone, every call fails from now on. */
    cutPower: () => run('python3', ['-c', CUT, mountPoint]),
    freeBytes() {
      const { bavail, bsize } = statfsSync(mountPoint);
      return bavail * bsize;
    },
    /** Leaves so many bytes free; `empty` takes the ballast away again. */
    fill(leftBytes) {
      volume.empty();
      const bytes = volume.freeBytes() - leftBytes;
      if (bytes > 0) run('fallocate', ['-l', String(bytes), join(mountPoint, 'ballast')]);
    },
    /** To the last byte: what is too little for `fallocate` is written. */
    fillUp() {
      volume.fill(1_048_576);
      spawnSync('dd', ['if=/dev/zero', `of=${join(mountPoint, 'ballast-rest')}`, 'bs=4096'], {
        stdio: 'ignore',
      });
    },
    empty() {
      for (const name of ['ballast', 'ballast-rest']) rmSync(join(mountPoint, name), { force: true });
    },
    remove() {
      try {
        unmount();
        if (device) run('losetup', ['-d', device]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  try {
    mkdirSync(mountPoint);
    writeFileSync(image, '');
    truncateSync(image, sizeMib * 1_048_576);
    // No blocks set apart for root: the daemon of a campaign may be root.
    run('mkfs.ext4', ['-q', '-m', '0', '-F', image]);
    device = run('losetup', ['-f', '--show', image]).trim();
  } catch (error) {
    volume.remove();
    throw error;
  }
  return volume;
}

/** Why there can be no such file systems here, in a sentence; undefined where they can. */
export function whyNoVolumes() {
  let volume;
  try {
    volume = createVolume(16);
    volume.mount();
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    volume?.remove();
  }
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args);
  if (error) throw new Error(`${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.toString().trim()}`);
  return stdout.toString();
}
