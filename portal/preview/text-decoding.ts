/** A text as people read it, and how its bytes were understood. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
}

/** More than this share of control characters is no text. */
const MAX_CONTROL_SHARE = 0.02;

/** Understands UTF-8, UTF-16 with its mark, and Windows-1252. `isCut`: the file goes on. @returns undefined for what is no text */
export function decodeText(bytes: Buffer, isCut: boolean): DecodedText | undefined {
  const decoded = decode(bytes, isCut);
  return decoded !== undefined && isText(decoded.text) ? decoded : undefined;
}

function decode(bytes: Buffer, isCut: boolean): DecodedText | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes, { stream: isCut }), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes, { stream: isCut }), encoding: 'UTF-16' };
  if (bytes.includes(0)) return undefined;
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut }),
      encoding: 'UTF-8',
    };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
  }
}

function isText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell programs from text
  const controls = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f\ufffd]/gu)?.length ?? 0;
  return controls <= text.length * MAX_CONTROL_SHARE;
}
