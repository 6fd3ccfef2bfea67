/** Chrome says that it is Safari, and Edge that it is both. */
const BROWSERS = [
  [/\bEdg\//u, 'Edge'],
  [/\bFirefox\//u, 'Firefox'],
  [/\bOPR\//u, 'Opera'],
  [/\bChrom(?:e|ium)\//u, 'Chrome'],
  [/\bSafari\//u, 'Safari'],
] as const;
const SYSTEMS = [
  [/\bWindows\b/u, 'Windows'],
  [/\b(?:iPhone|iPad)\b/u, 'iOS'],
  [/\bAndroid\b/u, 'Android'],
  [/\bMac OS X\b/u, 'macOS'],
  [/\bLinux\b/u, 'Linux'],
] as const;

/** « Firefox, Windows », as far as the browser tells; undefined when it is not one that is known. */
export function deviceOf(userAgent: string | null): string | undefined {
  const find = (known: readonly (readonly [RegExp, string])[]) =>
    known.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1];
  const parts = [find(BROWSERS), find(SYSTEMS)].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : undefined;
}
