/** The systems a drive is explained for. */
export const SYSTEMS = ['windows', 'mac', 'linux'] as const;

export type System = (typeof SYSTEMS)[number];

/** What was asked for, else the visitor's own by the browser's word, else what most people have. */
export function chooseSystem(asked: string | undefined, userAgent: string | undefined): System {
  const chosen = SYSTEMS.find((system) => system === asked);
  if (chosen) return chosen;
  if (/Macintosh|iPhone|iPad/u.test(userAgent ?? '')) return 'mac';
  return /Linux|X11/u.test(userAgent ?? '') && !/Android/u.test(userAgent ?? '') ? 'linux' : 'windows';
}
