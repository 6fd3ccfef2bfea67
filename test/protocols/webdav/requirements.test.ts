import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

test('each requirement of docs/webdav.md is named by a test', () => {
  const listed = [
    ...readFileSync(path.join(ROOT, 'docs', 'webdav.md'), 'utf8').matchAll(/^\| (W\d+) \|/gmu),
  ].map((match) => match[1]);
  const sources = readdirSync(path.join(ROOT, 'test'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(path.join(ROOT, 'test', name), 'utf8'))
    .join('\n');
  const named = new Set(
    [...sources.matchAll(/\((W\d+(?:, W\d+)*)\)['"`]/gu)].flatMap((match) => match[1]?.split(', ') ?? []),
  );
  expect(listed).toHaveLength(45);
  expect(listed.filter((number) => !named.has(number ?? ''))).toEqual([]);
  expect([...named].filter((number) => !listed.includes(number))).toEqual([]);
});
