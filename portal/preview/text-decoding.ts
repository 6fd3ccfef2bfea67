/** More than this share of control characters is no text. */
const MAX_CONTROL_SHARE = 0.02;

/** Understands UTF-8, UTF-16 with its mark, and Windows-1252. `isCut`: the file goes on. @returns undefined for what is no text */
export function decodeText(bytes: Buffer, isCut: boolean): string | undefined {
  const text = decode(bytes, isCut);
  return text !== undefined && isText(text) ? text : undefined;
}

function decode(bytes: Buffer, isCut: boolean): string | undefined {
  const [first, second] = bytes;
  const options = { stream: isCut };
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes, options);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes, options);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, options);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function isText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell programs from text
  const controls = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f\ufffd]/gu)?.length ?? 0;
  return controls <= text.length * MAX_CONTROL_SHARE;
}
