import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('./assets/', import.meta.url));
/** `sending` and `digest` are loaded by `deposit` when the first file is; it brings `selection` along. */
const ISLANDS = ['password', 'copy', 'selection', 'deposit', 'sending', 'digest'];

/** Bundles style sheet, islands and drawings; names carry a hash of the content, so that browsers may keep them for ever. */
export async function buildAssets() {
  const bundled = await build({
    entryPoints: [
      { in: join(SOURCE, 'styles/main.css'), out: 'style' },
      ...ISLANDS.map((name) => ({ in: join(SOURCE, `islands/${name}.ts`), out: name })),
    ],
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    outdir: 'unwritten',
    write: false,
    alias: {
      'js-base64': join(SOURCE, 'uploads/base64.ts'),
      'url-parse': join(SOURCE, 'uploads/url-parse.ts'),
    },
    logLevel: 'error',
    tsconfigRaw: {},
  });
  const drawings = ['icons.svg', 'mark.svg'].map(async (name) => ({
    name,
    bytes: await readFile(join(SOURCE, name)),
  }));
  const files = [
    ...bundled.outputFiles.map((file) => ({ name: basename(file.path), bytes: Buffer.from(file.contents) })),
    ...(await Promise.all(drawings)),
  ];
  return files.map(({ name, bytes }) => ({ name, hashedName: hashed(name, bytes), bytes }));
}

function hashed(name, bytes) {
  const extension = extname(name);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  return `${basename(name, extension)}-${hash}${extension}`;
}

/** Writes the files and manifest.json, which maps plain names to hashed ones, in place of what the folder held. */
async function writeAssets(folder) {
  const files = await buildAssets();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of files) await writeFile(join(folder, file.hashedName), file.bytes);
  const manifest = Object.fromEntries(files.map((file) => [file.name, file.hashedName]));
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href)
  await writeAssets(fileURLToPath(new URL('../dist/web/assets/', import.meta.url)));
