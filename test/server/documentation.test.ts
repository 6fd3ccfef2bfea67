import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../server/cli/commands.js';
import { loadConfig } from '../../server/config.js';
import { SETTINGS, type Setting } from '../../server/config-table.js';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const settings: readonly Setting[] = Object.values(SETTINGS);

/** The table as docs/operations.md must show it. */
function settingsTable(): string {
  const rows = settings.map(({ key, environment, fallback, fallbackNote, isSecret, describes }) => {
    const value = fallbackNote ?? `\`${fallback}\``;
    return `| \`${key}\` | \`${environment}\` | ${value} | ${describes}${isSecret ? ' Secret.' : ''} |`;
  });
  return ['| key | variable | default | what it is |', '|---|---|---|---|', ...rows].join('\n');
}

test('docs/operations.md shows every setting as the program knows it', () => {
  expect(read('docs/operations.md')).toContain(settingsTable());
});

test('docs/operations.md shows every command as the program knows it', () => {
  const operations = read('docs/operations.md');
  for (const { name, usage, summary } of COMMANDS) {
    expect(operations).toContain(`\`peps ${`${name} ${usage}`.trim()}\``.replaceAll('|', '\\|'));
    expect(operations).toContain(summary);
  }
});

describe('peps.example.toml', () => {
  const example = read('peps.example.toml');

  test('names every setting', () => {
    const uncommented = example.replace(/^#(?=[a-z_]+ = )/gmu, '');
    const tables = [...uncommented.matchAll(/^(?:\[(\w+)\]|(\w+) = )/gmu)];
    let table = '';
    const keys = tables.flatMap(([, header, key]) => {
      if (header !== undefined) table = `${header}.`;
      return key === undefined ? [] : [`${table}${key}`];
    });
    expect(keys).toEqual(settings.map(({ key }) => key));
  });

  test('is good as it is, and changes nothing', () => {
    const file = path.join(ROOT, 'peps.example.toml');
    expect(loadConfig({ file, environment: {}, folder: ROOT }).config).toEqual(
      loadConfig({ environment: {}, folder: ROOT }).config,
    );
  });
});

test('docs/dependencies.md has one line for each package, with its version', () => {
  const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } =
    JSON.parse(read('package.json'));
  const documented = read('docs/dependencies.md');
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    expect(documented.split(`| ${name} | ${version} |`), `${name} ${version}`).toHaveLength(2);
  const lines = [...documented.matchAll(/^\| ([@a-z][\w@/.-]*) \| \d/gmu)];
  expect(lines).toHaveLength(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length);
});

test('README.md names the commands that package.json has', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  for (const [, name = ''] of read('README.md').matchAll(
    /npm (?:run )?(demo|start|test|build|check|bench)\b/gu,
  ))
    expect(Object.keys(scripts)).toContain(name);
});
