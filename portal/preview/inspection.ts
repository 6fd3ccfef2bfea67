import { extname } from 'node:path';
import type { Download, FileEntry } from '../../storage/index.js';
import { type ImageHead, readImageHead } from './image-head.js';
import { decodeText } from './text-decoding.js';

/** What a file turned out to be, by its bytes. */
export type Inspection =
  | ({ readonly kind: 'image' } & ImageHead)
  | { readonly kind: 'text'; readonly readBytes: number; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: 'content' | 'pixels' };

export const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;
/** Where the size of an image has to stand: profiles and thumbnails come before it. */
const IMAGE_HEAD_BYTES = 256 * 1024;
const MAX_PIXELS = 50_000_000;
const MAX_SIDE = 16_384;

const IMAGES = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif']);
const TEXTS = new Set(['.txt', '.csv', '.log', '.md']);

/** What its name and size let one hope for; the bytes decide. Undefined: it is only ever downloaded. */
export function previewKind({ name, sizeBytes }: FileEntry): 'image' | 'text' | undefined {
  const extension = extname(name).toLowerCase();
  if (sizeBytes === 0) return undefined;
  if (TEXTS.has(extension)) return 'text';
  return IMAGES.has(extension) && sizeBytes <= MAX_IMAGE_BYTES ? 'image' : undefined;
}

/** Reads the beginning. Name and content have to say the same kind. */
export async function inspect(download: Download): Promise<Inspection> {
  const { entry } = download;
  const kind = previewKind(entry);
  if (kind === undefined) return { kind: 'refused', reason: 'content' };
  if (kind === 'text') {
    const bytes = await download.read({ start: 0, end: MAX_TEXT_BYTES });
    const text = decodeText(bytes, bytes.length < entry.sizeBytes);
    return text === undefined
      ? { kind: 'refused', reason: 'content' }
      : { kind, readBytes: bytes.length, text };
  }
  const head = readImageHead(await download.read({ start: 0, end: IMAGE_HEAD_BYTES }));
  if (head === undefined) return { kind: 'refused', reason: 'content' };
  const isBomb = head.width > MAX_SIDE || head.height > MAX_SIDE || head.width * head.height > MAX_PIXELS;
  return isBomb ? { kind: 'refused', reason: 'pixels' } : { kind, ...head };
}
