const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer).swap32()));

/** Heads of images that tell a width and a height; nothing of a picture follows. */
export const IMAGES = {
  png: (width: number, height: number) =>
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1'),
      u32(width, height),
      Buffer.alloc(9),
    ]),
  jpg: (width: number, height: number) => {
    const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    frame.writeUInt16BE(height, 5);
    frame.writeUInt16BE(width, 7);
    // A thumbnail's own size, inside the segment that comes first, is passed over.
    const exif = Buffer.concat([
      Buffer.from([0xff, 0xe1, 0, 21]),
      Buffer.from([0xff, 0xc0]),
      Buffer.alloc(17),
    ]);
    return Buffer.concat([Buffer.from([0xff, 0xd8]), exif, frame]);
  },
  gif: (width: number, height: number, frame = { width, height }, comment = 'alert(1)') => {
    const screen = Buffer.alloc(13);
    screen.write('GIF89a', 'latin1');
    screen.writeUInt16LE(width, 6);
    screen.writeUInt16LE(height, 8);
    const image = Buffer.alloc(10);
    image[0] = 0x2c;
    image.writeUInt16LE(frame.width, 5);
    image.writeUInt16LE(frame.height, 7);
    const note = Buffer.concat([
      Buffer.from([0x21, 0xfe, comment.length]),
      Buffer.from(comment),
      Buffer.from([0]),
    ]);
    return Buffer.concat([screen, note, image, Buffer.from([2, 0, 0x3b])]);
  },
  webp: (width: number, height: number) => {
    const head = Buffer.alloc(30);
    head.write('RIFF\0\0\0\0WEBPVP8X', 'latin1');
    head.writeUIntLE(width - 1, 24, 3);
    head.writeUIntLE(height - 1, 27, 3);
    return head;
  },
  avif: (width: number, height: number) =>
    Buffer.concat([
      u32(20),
      Buffer.from('ftypavif'),
      u32(0),
      Buffer.from('mif1'),
      u32(20),
      Buffer.from('ispe'),
      u32(0, width, height),
    ]),
} as const;
