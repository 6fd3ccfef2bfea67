import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom, and why. The rules are the house: a door that could reach behind the workspace would be a second way
 * to a file, and "every put and get is recorded" would be a habit instead of a property.
 */
const ROOT = join(import.meta.dirname, '..');
const ROOMS = ['server', 'protocols', 'storage', 'web', 'portal', 'admin-ui'] as const;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly specifier: string; readonly target: string | null }[];
}

const SOURCE_NAMES = new Set(
  ROOMS.flatMap((room) => filesUnder(join(ROOT, room))).map((path) =>
    relative(ROOT, path).split(sep).join('/'),
  ),
);
const sources = ROOMS.flatMap((room) => filesUnder(join(ROOT, room))).map(readSource);

interface Rule {
  readonly name: string;
  readonly why: string;
  breaks(file: SourceFile, target: string): boolean;
}

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const roomOf = (path: string): string => path.split('/')[0] ?? '';
const SHARED_BY_DOORS = new Set([
  'protocols/status.ts',
  'protocols/delivery.ts',
  'protocols/delivery-of-parts.ts',
  'protocols/proof.ts',
  'protocols/digests.ts',
  'protocols/http-date.ts',
]);

const RULES: readonly Rule[] = [
  {
    name: 'outsiders import storage through its face',
    why: 'Whoever could import what lies behind the workspace could touch a file unrecorded.',
    breaks: (file, target) =>
      !inside(file.path, 'storage') && inside(target, 'storage') && target !== 'storage/index.ts',
  },
  {
    name: 'storage imports nobody',
    why: 'The core knows no protocol, page or process: it can be tested and reasoned about alone.',
    breaks: (file, target) => inside(file.path, 'storage') && !inside(target, 'storage'),
  },
  {
    name: 'a protocol imports its own folder, what all doors share, and storage',
    why: 'Doors translate; what two doors need lies beside them, not in the other door.',
    breaks: (file, target) =>
      ['protocols/webdav', 'protocols/sftp'].some(
        (door) => inside(file.path, door) && !inside(target, door),
      ) &&
      !SHARED_BY_DOORS.has(target) &&
      !inside(target, 'storage'),
  },
  {
    name: 'pages import their own folder, the kit, what all doors share, and storage',
    why: "Partners' pages and administration share web/, never each other's files; neither knows a protocol.",
    breaks: (file, target) =>
      ['portal', 'admin-ui', 'web'].includes(roomOf(file.path)) &&
      roomOf(target) !== roomOf(file.path) &&
      !SHARED_BY_DOORS.has(target) &&
      !(roomOf(file.path) !== 'web' && inside(target, 'web')) &&
      !inside(target, 'storage'),
  },
  {
    name: 'nobody imports the server',
    why: 'server/ wires all of it; an import back would make the wiring a cycle.',
    breaks: (file, target) => roomOf(file.path) !== 'server' && inside(target, 'server'),
  },
  {
    name: 'the server imports rooms by their index',
    why: 'What is not in an index may change without the wiring noticing.',
    breaks: (file, target) =>
      roomOf(file.path) === 'server' &&
      (['portal', 'admin-ui'].includes(roomOf(target)) || /^protocols\/(webdav|sftp)\//.test(target)) &&
      !/\/index\.tsx?$/.test(target),
  },
  {
    name: 'blobs and metadata do not know each other',
    why: 'Bytes are moved without names, names are kept without bytes: either can be replaced alone.',
    breaks: (file, target) =>
      (inside(file.path, 'storage/blobs') && inside(target, 'storage/metadata')) ||
      (inside(file.path, 'storage/metadata') && inside(target, 'storage/blobs')),
  },
  {
    name: 'metadata looks at nothing above it',
    why: 'Inside storage imports go downward: a table file that knew an act would make a cycle.',
    breaks: (file, target) =>
      inside(file.path, 'storage/metadata') &&
      !inside(target, 'storage/metadata') &&
      !['model', 'names', 'paths', 'errors', 'clock', 'ids', 'crash-points'].includes(
        target.replace(/^storage\/|\.ts$/g, ''),
      ),
  },
];

const ONE_DOOR: readonly { readonly library: RegExp; readonly home: RegExp; readonly why: string }[] = [
  { library: /^webdav-server/, home: /^protocols\/webdav\//, why: 'The WebDAV frame stays behind its door.' },
  { library: /^ssh2/, home: /^protocols\/sftp\//, why: 'The SSH transport stays behind its door.' },
  { library: /^(knex|sqlite3|pg)(\/|$)/, home: /^storage\/metadata\//, why: 'SQL is written in one place.' },
  {
    library: /^argon2$/,
    home: /^storage\/accounts\/passwords\.ts$/,
    why: 'One place hashes passwords, so that one gate bounds it.',
  },
  {
    library: /^nodemailer/,
    home: /^server\/mail\/transport\.ts$/,
    why: 'One file writes letters and speaks SMTP.',
  },
  { library: /^(koa|@koa\/)/, home: /^(web|portal|admin-ui)\//, why: 'Pages are Koa; protocols are not.' },
];

const ONE_PLACE: readonly { readonly pattern: RegExp; readonly home: RegExp; readonly why: string }[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)/,
    home: /^storage\/clock\.ts$/,
    why: 'Time comes through the clock, or no story about an expiry could be told in a test.',
  },
  {
    pattern: /\bprocess\.env\b/,
    home: /^server\/(config[a-z-]*\.ts|peps\.cjs)$/,
    why: 'Configuration is read in one place and checked there.',
  },
  {
    pattern: /\bMath\.random\(|\beval\(|\bnew Function\(|node:vm|node:child_process/,
    home: /^$/,
    why: 'Nothing guessable, nothing that turns data into code, no other programs.',
  },
  {
    pattern: /\bprocess\.(kill|abort)\(|SIGKILL/,
    home: /^$/,
    why: 'Crash points kill only in the copy of the build that the tests make; nothing that is delivered can.',
  },
  {
    pattern: /\b(knex|db|transaction|reader|writer)\.raw\(\s*`[^`]*\$\{/,
    home: /^storage\/metadata\/migrations\//,
    why: 'SQL is never put together from values.',
  },
];

describe('the house', () => {
  test('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  test.each(RULES)('$name', ({ breaks, why }) => {
    const found = sources.flatMap((file) =>
      file.imports.flatMap(({ target }) =>
        target && breaks(file, target) ? [`${file.path} imports ${target}`] : [],
      ),
    );
    expect(found, why).toEqual([]);
  });

  test.each(ONE_DOOR)('$library is imported only in $home', ({ library, home, why }) => {
    const found = sources.filter(
      (file) => !home.test(file.path) && file.imports.some(({ specifier }) => library.test(specifier)),
    );
    expect(
      found.map((file) => file.path),
      why,
    ).toEqual([]);
  });

  test.each(ONE_PLACE)('$pattern stands only in $home', ({ pattern, home, why }) => {
    const found = sources.filter((file) => !home.test(file.path) && pattern.test(withoutComments(file.text)));
    expect(
      found.map((file) => file.path),
      why,
    ).toEqual([]);
  });

  test('has no cycle of imports', () => {
    expect(findCycle(), 'Data flows one way: two files that need each other are one idea or three.').toEqual(
      [],
    );
  });

  test('has no room whose name says nothing', () => {
    const vague = sources.filter((file) =>
      /(^|[/-])(utils?|helpers?|common|misc|manager)([.-]|$)/.test(file.path),
    );
    expect(
      vague.map((file) => file.path),
      'A newcomer finds a room by its name.',
    ).toEqual([]);
  });

  test('keeps its files short', () => {
    const long = sources.filter((file) => file.text.split('\n').length > 400);
    expect(
      long.map((file) => file.path),
      'Past 400 lines a file holds two ideas.',
    ).toEqual([]);
  });
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return /\.(ts|tsx|cjs|mjs)$/.test(name) && !/\.d\.m?ts$/.test(name) ? [path] : [];
  });
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import|require\()\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  const name = relative(ROOT, path).split(sep).join('/');
  return {
    path: name,
    text,
    imports: specifiers.map((specifier) => ({ specifier, target: resolve(name, specifier) })),
  };
}

function resolve(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
  const asSource = target.replace(/\.js$/, '.ts');
  return SOURCE_NAMES.has(asSource) ? asSource : target.replace(/\.js$/, '.tsx');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

/** Type-only imports count too: a cycle of types is a cycle of ideas, but for interfaces implemented one level up. */
function findCycle(): string[] {
  const graph = new Map(
    sources.map((file) => [file.path, valueImports(file).filter((target) => SOURCE_NAMES.has(target))]),
  );
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of graph.get(path) ?? []) {
      const cycle = walk(next, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const path of graph.keys()) {
    const cycle = walk(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function valueImports(file: SourceFile): string[] {
  const statements = [...file.text.matchAll(/^(import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/gm)];
  return statements.flatMap((match) => resolve(file.path, match[2] ?? '') ?? []);
}
