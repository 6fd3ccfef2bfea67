// Clients of other make. Cases as in openssh-cases.mjs.
const lftp = {
  'mirror both ways': 'lftps "mirror -R tree $BASE/tree; mirror $BASE/tree back"; diff -r tree back',
  mv: 'lftps "put small -o $BASE/a; mv $BASE/a $BASE/b; cls $BASE/b"',
  'put -c': `head -c 1000000 source.bin > part; lftps "put part -o $BASE/a; put -c source.bin -o $BASE/a; get $BASE/a -o back"
    cmp source.bin back`,
  'pget -n4': 'lftps "put source.bin -o $BASE/a; pget -n4 $BASE/a -o back"; cmp source.bin back',
  'mirror over 8 connections':
    'lftps "mirror -R -P8 tree $BASE/tree; mirror -P8 $BASE/tree back"; diff -r tree back',
};

const rclone = {
  'sync, check --download': `rclone sync tree side:$BASE/tree; rclone check --download tree side:$BASE/tree
    rclone sync side:$BASE/tree back; diff -r tree back`,
  'a second sync sends nothing': `rclone sync tree side:$BASE/tree
    rclone sync -v --stats 1s tree side:$BASE/tree 2>&1 | grep -q "There was nothing to transfer"`,
  moveto:
    'rclone copyto source.bin side:$BASE/a; rclone moveto side:$BASE/a side:$BASE/b; rclone cat side:$BASE/b | cmp source.bin -',
  lsl: 'rclone copyto source.bin side:$BASE/a; rclone lsl side:$BASE | grep -q "$(stat -c %s source.bin)"',
  about: 'rclone about side:$BASE | grep -q Free',
  purge: 'rclone copy tree side:$BASE/tree; rclone purge side:$BASE/tree; test -z "$(rclone lsf side:$BASE)"',
};

const curl = {
  '--ftp-create-dirs':
    'curls -T source.bin --ftp-create-dirs "$URL/x/y/a"; curls "$URL/x/y/a" -o back; cmp source.bin back',
  range:
    'curls -T source.bin "$URL/a"; curls -r 1000-1999 "$URL/a" -o back; head -c 2000 source.bin | tail -c 1000 | cmp - back',
  list: 'curls -T small "$URL/a"; curls "$URL/" | grep -q " a$"',
  'upload resumed with -C': `head -c 1000000 source.bin > part; curls -T part "$URL/a"; curls -C 1000000 -T source.bin "$URL/a"
    curls "$URL/a" -o back; cmp source.bin back`,
};

const psftp = {
  'put, ls, mv, get, del': `cat > batch.txt <<END\ncd $BASE\nput source.bin\nmkdir d\nmv source.bin d/b\nls d\nget d/b back\ndel d/b\nrmdir d\nEND
    psftp -P "$PORT" -l "$LOGIN" -i "$KEY.ppk" -hostkey "$HOST_KEY" -batch -b batch.txt 127.0.0.1 > /dev/null; cmp source.bin back`,
};

const PARAMIKO = {
  'put, get': "s.put('source.bin', b + '/a'); s.get(b + '/a', 'back'); same('source.bin', 'back')",
  append: "write('x', 'w', 'one '); write('x', 'a', 'two'); assert read('x') == b'one two'",
  'r+ and truncate':
    "write('x', 'w', 'hello'); f = s.open(b + '/x', 'r+'); f.write('J'); f.truncate(4); f.close(); assert read('x') == b'Jell'",
  utime:
    "write('x', 'w', '1'); s.utime(b + '/x', (1, 1700000000)); assert s.stat(b + '/x').st_mtime == 1700000000",
  posix_rename:
    "write('x', 'w', '1'); write('y', 'w', '2'); s.posix_rename(b + '/x', b + '/y'); assert read('y') == b'1'",
  'a plain rename over an existing name':
    "write('x', 'w', '1'); write('y', 'w', '2'); refused(s.rename, b + '/x', b + '/y'); print('refused')",
  'a name that must be new (wx)': "write('x', 'w', '1'); refused(s.open, b + '/x', 'wx'); print('refused')",
};

const PRELUDE = `import os, warnings
warnings.simplefilter('ignore')
import paramiko
e = os.environ
t = paramiko.Transport(('127.0.0.1', int(e['PORT'])))
t.connect(username=e['LOGIN'], pkey=paramiko.Ed25519Key.from_private_key_file(e['KEY']))
s = paramiko.SFTPClient.from_transport(t)
b = e['BASE']
def write(name, mode, text):
    with s.open(b + '/' + name, mode) as f: f.write(text)
def read(name):
    with s.open(b + '/' + name) as f: return f.read()
def same(x, y):
    assert open(x, 'rb').read() == open(y, 'rb').read()
def refused(act, *args):
    try: act(*args)
    except IOError: return
    raise AssertionError('not refused')
`;

const inShell = (client, cases) => Object.entries(cases).map(([name, script]) => ({ client, name, script }));

export const otherCases = [
  ...inShell('lftp', lftp),
  ...inShell('rclone', rclone),
  ...inShell('curl', curl),
  ...inShell('psftp', psftp),
  ...Object.entries(PARAMIKO).map(([name, script]) => ({
    client: 'paramiko',
    name,
    script: `/usr/bin/python3 - <<'END'\n${PRELUDE}${script}\nt.close()\nEND`,
  })),
];
