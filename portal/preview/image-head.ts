/** What the first bytes of an image say of it. */
export interface ImageHead {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif';
  readonly width: number;
  readonly height: number;
}

/**
 * Tells an image by its own bytes, never by its name; SVG is a program, not an image. `head` is the beginning of the file.
 * @returns undefined for anything else, and for an image whose size the beginning does not tell
 */
export function readImageHead(head: Buffer): ImageHead | undefined {
  for (const parse of [parsePng, parseJpeg, parseGif, parseWebp, parseAvif]) {
    const found = parse(head);
    if (found) return found.width > 0 && found.height > 0 ? found : undefined;
  }
  return undefined;
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1');

function parsePng(head: Buffer): ImageHead | undefined {
  if (head.length < 24 || !head.subarray(0, 16).equals(PNG)) return undefined;
  return { mediaType: 'image/png', width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Walks the segments to the first start of frame (ITU-T T.81, annex B). */
function parseJpeg(head: Buffer): ImageHead | undefined {
  if (head.length < 4 || head.readUIntBE(0, 3) !== 0xffd8ff) return undefined;
  let at = 2;
  while (at + 9 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (isStartOfFrame(marker))
      return { mediaType: 'image/jpeg', width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    else at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The larger of the screen and its first frame: browsers widen a screen that is too small for it. */
function parseGif(head: Buffer): ImageHead | undefined {
  if (head.length < 13 || !/^GIF8[79]a$/u.test(head.toString('latin1', 0, 6))) return undefined;
  const flags = head[10] ?? 0;
  const frame = firstGifFrame(head, 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0));
  if (!frame) return undefined;
  return {
    mediaType: 'image/gif',
    width: Math.max(head.readUInt16LE(6), frame.width),
    height: Math.max(head.readUInt16LE(8), frame.height),
  };
}

function firstGifFrame(head: Buffer, start: number): { width: number; height: number } | undefined {
  let at = start;
  while (head[at] === 0x21) {
    at += 2;
    while (at < head.length && head[at] !== 0) at += 1 + (head[at] ?? 0);
    at += 1;
  }
  if (head[at] !== 0x2c || at + 9 > head.length) return undefined;
  return {
    width: head.readUInt16LE(at + 1) + head.readUInt16LE(at + 5),
    height: head.readUInt16LE(at + 3) + head.readUInt16LE(at + 7),
  };
}

function parseWebp(head: Buffer): ImageHead | undefined {
  if (
    head.length < 30 ||
    head.toString('latin1', 0, 4) !== 'RIFF' ||
    head.toString('latin1', 8, 12) !== 'WEBP'
  )
    return undefined;
  const mediaType = 'image/webp';
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { mediaType, width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { mediaType, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { mediaType, width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/** The largest of the sizes that its `ispe` properties tell (ISO/IEC 23008-12, 6.5.3). */
function parseAvif(head: Buffer): ImageHead | undefined {
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return undefined;
  if (!/^avi[fs]$/u.test(head.toString('latin1', 8, 12))) return undefined;
  let [width, height] = [0, 0];
  for (let at = head.indexOf('ispe'); at >= 0 && at + 16 <= head.length; at = head.indexOf('ispe', at + 4)) {
    width = Math.max(width, head.readUInt32BE(at + 8));
    height = Math.max(height, head.readUInt32BE(at + 12));
  }
  return { mediaType: 'image/avif', width, height };
}
