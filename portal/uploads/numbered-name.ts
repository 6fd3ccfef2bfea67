const MAX_NAME_BYTES = 255;

/** « relevé.pdf » as « relevé (2).pdf », shortened where it would be too long. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const end = ` (${number})${extension}`;
  let stem = [...name.slice(0, name.length - extension.length)];
  while (Buffer.byteLength(stem.join('') + end) > MAX_NAME_BYTES && stem.length > 1) stem = stem.slice(0, -1);
  return stem.join('').trimEnd() + end;
}
