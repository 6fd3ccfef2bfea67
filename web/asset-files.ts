import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { AssetUrls } from './routes.js';
import type { WebMiddleware } from './web-state.js';

const PREFIX = '/assets/';
const BUILT_FOLDER = new URL('./assets/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface AssetFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

/** The built files and where pages find them. */
export interface Assets {
  readonly urls: AssetUrls;
  /** By hashed name. */
  readonly files: ReadonlyMap<string, AssetFile>;
}

interface NamedFile {
  readonly name: string;
  readonly hashedName: string;
  readonly bytes: Buffer;
}

/** Style sheet, drawings and islands, in memory: some 30 KB. Run from its sources, the appliance builds them on the spot. */
export async function loadAssets(): Promise<Assets> {
  const built = (await readBuiltAssets()) ?? (await buildFromSources());
  const names = new Map(built.map((file) => [file.name, file.hashedName]));
  const urlOf = (name: string) => {
    const hashedName = names.get(name);
    if (hashedName === undefined) throw new Error(`The asset ${name} was not built.`);
    return PREFIX + hashedName;
  };
  const files = await Promise.all(
    built.map(async (file) => [file.hashedName, await compress(file)] as const),
  );
  return {
    urls: {
      style: urlOf('style.css'),
      icons: urlOf('icons.svg'),
      mark: urlOf('mark.svg'),
      island: (name) => urlOf(`${name}.js`),
    },
    files: new Map(files),
  };
}

/** Names change with the content, so an answer may be kept for a year. */
export function assetRoute(assets: Assets): WebMiddleware {
  return (ctx, next) => {
    if (!ctx.path.startsWith(PREFIX)) return next();
    ctx.state.act = 'asset';
    const file = assets.files.get(ctx.path.slice(PREFIX.length));
    if (file === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.set({
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Type': file.type,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
    });
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
    if (encoding === 'br' || encoding === 'gzip') ctx.set('Content-Encoding', encoding);
    ctx.body = encoding === 'br' ? file.br : encoding === 'gzip' ? file.gzip : file.plain;
    return undefined;
  };
}

async function readBuiltAssets(): Promise<NamedFile[] | undefined> {
  const text = await readFile(new URL('manifest.json', BUILT_FOLDER), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest !== 'object' || manifest === null)
    throw new Error('web/assets/manifest.json is damaged.');
  return Promise.all(
    Object.entries(manifest).map(async ([name, value]) => {
      const hashedName = String(value);
      return { name, hashedName, bytes: await readFile(new URL(hashedName, BUILT_FOLDER)) };
    }),
  );
}

async function buildFromSources(): Promise<NamedFile[]> {
  const { buildAssets } = await import('./build-assets.mjs');
  return buildAssets();
}

async function compress(file: NamedFile): Promise<AssetFile> {
  return {
    type: TYPES[extname(file.name)] ?? 'application/octet-stream',
    etag: `"${file.hashedName}"`,
    plain: file.bytes,
    gzip: await promisify(gzip)(file.bytes),
    br: await promisify(brotliCompress)(file.bytes, {
      params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    }),
  };
}
