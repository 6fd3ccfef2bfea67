// OpenSSH's own clients. Every case is a shell script in a folder of its own: it fails where one of its commands fails, and the
// last line it prints, if any, is its result. `sides.mjs` says what it finds there.
const through = (options) =>
  `batch ${options} <<END\nput source.bin $BASE/a\nget $BASE/a back\nEND\ncmp source.bin back`;

const MANY = 10_000;

const sftp = {
  'put, get': through(''),
  'put -p, get -p keep the time': `touch -d 2025-03-04T05:06:07Z source.bin
    batch <<END\nput -p source.bin $BASE/a\nget -p $BASE/a back\nEND
    cmp source.bin back; test "$(stat -c %Y source.bin)" = "$(stat -c %Y back)"`,
  'put -r, get -r': 'batch <<END\nput -r tree $BASE/tree\nget -r $BASE/tree back\nEND\ndiff -r tree back',
  'put -f (fsync)': 'batch <<END\nput -f source.bin $BASE/a\nget $BASE/a back\nEND\ncmp source.bin back',
  reput: `head -c 1000000 source.bin > part
    batch <<END\nput part $BASE/a\nreput source.bin $BASE/a\nget $BASE/a back\nEND\ncmp source.bin back`,
  reget: `head -c 1234567 source.bin > back
    batch <<END\nput source.bin $BASE/a\nreget $BASE/a back\nEND\ncmp source.bin back`,
  'a put cut off, then reput': `(timeout 2 sftp -l 8000 -q -b - -F "$SSH_CONFIG" side <<END || true\nput source.bin $BASE/a\nEND
    ) 2> /dev/null; sleep 1; batch <<END\nreput source.bin $BASE/a\nget $BASE/a back\nEND\ncmp source.bin back`,
  'rename over an existing name': `batch <<END\nput source.bin $BASE/a\nput small $BASE/b\nrename $BASE/a $BASE/b\nget $BASE/b back\nEND
    cmp source.bin back`,
  chmod: 'batch <<END\nput small $BASE/a\nchmod 600 $BASE/a\nls -l $BASE/a\nEND',
  'mkdir, rmdir': 'batch <<END\nmkdir $BASE/d\nrmdir $BASE/d\nEND',
  'rmdir of a folder that holds something':
    'batch <<END\nmkdir $BASE/d\nput small $BASE/d/a\nEND\nfails batch <<END\nrmdir $BASE/d\nEND\necho refused',
  'df -h': 'batch <<END | grep -q %\ndf -h $BASE\nEND',
  copy: 'batch <<END\nput source.bin $BASE/a\ncopy $BASE/a $BASE/b\nget $BASE/b back\nEND\ncmp source.bin back',
  'names with spaces and accents': `cp source.bin 'été 1 & (2).bin'
    batch <<END\nput "été 1 & (2).bin" "$BASE/été 1 & (2).bin"\nget "$BASE/été 1 & (2).bin" back\nEND\ncmp source.bin back`,
  'ln -s': `batch <<END\nput small $BASE/a\nEND
    if batch <<END > /dev/null 2>&1\nln -s $BASE/a $BASE/b\nEND
    then echo made; else echo refused; fi`,
  'as WinSCP does: .filepart, rm, rename': `batch <<END\nput small $BASE/a\nput source.bin $BASE/a.filepart\nrm $BASE/a\nrename $BASE/a.filepart $BASE/a\nEND
    batch <<END\nget $BASE/a back\nEND\ncmp source.bin back`,
  'ls of 10,000 entries': `mkdir many; (cd many; seq -f %05g ${MANY} | xargs touch); fill many
    test "$(batch <<END | grep -vc '^sftp>'\nls -1 $BASE/many\nEND\n)" = ${MANY}`,
  'above 4 GiB, resumed at its tail, rekeyed by the server': `truncate -s 4200M large; cat source.bin >> large; head -c 4299161600 large > part
    batch <<END\nput part $BASE/large\nreput large $BASE/large\nEND
    rm part; batch <<END\nget $BASE/large back\nrm $BASE/large\nEND\ncmp large back`,
  'the client rekeys every MiB': through('-o RekeyLimit=1M'),
  '-C': through('-C'),
  'aes256-gcm': through('-c aes256-gcm@openssh.com'),
  'chacha20-poly1305': through('-c chacha20-poly1305@openssh.com'),
  'aes128-ctr with hmac-sha2-512-etm': through('-c aes128-ctr -o MACs=hmac-sha2-512-etm@openssh.com'),
  'group16, group18': `${through('-o KexAlgorithms=diffie-hellman-group16-sha512')}
    ${through('-o KexAlgorithms=diffie-hellman-group18-sha512')}`,
  'requests of 1,000 bytes, 3 at once': through('-B 1000 -R 3'),
};

const scp = {
  'put, get, -p': `scp -qp -F "$SSH_CONFIG" source.bin side:$BASE/a; scp -qp -F "$SSH_CONFIG" side:$BASE/a back
    cmp source.bin back`,
  '-r both ways': `scp -qr -F "$SSH_CONFIG" tree side:$BASE/tree; scp -qr -F "$SSH_CONFIG" side:$BASE/tree back
    diff -r tree back`,
  '-O, which needs a command':
    'if timeout 20 scp -qO -F "$SSH_CONFIG" small side:$BASE/a 2> /dev/null; then echo done; else echo refused; fi',
};

const sshfs = {
  cp: 'cp source.bin mount/a; cmp source.bin mount/a',
  append: 'echo one >> mount/log; echo two >> mount/log; test "$(cat mount/log)" = "$(printf "one\\ntwo")"',
  'mv over': 'cp small mount/b; cp source.bin mount/a; mv mount/a mount/b; cmp source.bin mount/b',
  df: 'test "$(df --output=avail mount | tail -n 1)" -gt 0',
  'dd with fsync': 'dd if=source.bin of=mount/a bs=100k conv=fsync status=none; cmp source.bin mount/a',
  truncate: 'cp source.bin mount/a; truncate -s 1000 mount/a; head -c 1000 source.bin | cmp - mount/a',
  untar: 'tar -cf - tree | tar -C mount -xf - --no-same-owner; diff -r tree mount/tree; rm -r mount/tree',
};

const mounted = (script) => `mkdir mount; sshfs -F "$SSH_CONFIG" side:$BASE mount
  trap 'fusermount -u -z mount' EXIT\n${script}`;

export const opensshCases = [
  ...Object.entries(sftp).map(([name, script]) => ({ client: 'sftp', name, script })),
  ...Object.entries(scp).map(([name, script]) => ({ client: 'scp', name, script })),
  ...Object.entries(sshfs).map(([name, script]) => ({ client: 'sshfs', name, script: mounted(script) })),
];
