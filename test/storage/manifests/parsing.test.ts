import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../storage/manifests/parsing.js';

const DIGEST = 'a'.repeat(64);
const parse = (text: string) => parseManifest(Buffer.from(text));
const faultOf = (line: string) => parse(line).faults.map(({ number, text }) => `${number}: ${text}`);

describe('a manifest', () => {
  test('is read as sha256sum writes it, in text and in binary mode, with LF or CRLF', () => {
    const text = `${DIGEST}  a.csv\r\n\r\n# nightly\n${DIGEST.toUpperCase()} *./d/e/b c.csv\n \n${DIGEST}  é.csv`;
    expect(parse(text)).toEqual({
      lines: [
        { number: 1, folder: '', name: 'a.csv', sha256: DIGEST },
        { number: 4, folder: 'd/e', name: 'b c.csv', sha256: DIGEST },
        { number: 6, folder: '', name: 'é.csv', sha256: DIGEST },
      ],
      faults: [],
    });
  });

  test('may begin with a byte order mark, and names files in their stored spelling', () => {
    expect(parse(`\ufeff${DIGEST}  e\u0301.csv\n`).lines).toMatchObject([{ number: 1, name: 'é.csv' }]);
  });

  test.each([
    [`${DIGEST} a.csv`, '1: not a line of sha256sum'],
    [`${DIGEST.slice(1)}  a.csv`, '1: not a line of sha256sum'],
    [`SHA256 (a.csv) = ${DIGEST}`, '1: not a line of sha256sum'],
    [`\\${DIGEST}  a\\nb.csv`, '1: a name with a backslash or a line break'],
    [`${DIGEST}  /a.csv`, '1: /a.csv: the path must be relative'],
    [`${DIGEST}  ../a.csv`, '1: ../a.csv: the path must not leave the folder'],
    [`${DIGEST}  d/../a.csv`, '1: d/../a.csv: the path must not leave the folder'],
    [`${DIGEST}  d//a.csv`, '1: d//a.csv: A name is missing.'],
    [`${DIGEST}  d/`, '1: d/: A name is missing.'],
    [`${DIGEST}  d\\a.csv`, '1: d\\a.csv: The name holds one of'],
    [`${DIGEST}  CON.csv`, '1: CON.csv: The name is reserved'],
    [`${DIGEST}  a.csv.tmp`, '1: a.csv.tmp: a temporary name is never published'],
    [`${DIGEST}  lot.sha256`, '1: lot.sha256: a manifest is not published'],
  ])('with the line %j says what is wrong', (line, fault) => {
    const faults = faultOf(line);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test('says what is wrong with each line, and still reads the others', () => {
    const { lines, faults } = parse(`nonsense\n${DIGEST}  a.csv\n${DIGEST}  ../b.csv\n`);
    expect(lines.map(({ number }) => number)).toEqual([2]);
    expect(faults.map(({ number }) => number)).toEqual([1, 3]);
  });

  test('that names nothing, is no UTF-8 or too long is refused as a whole', () => {
    expect(faultOf('')).toEqual(['0: the manifest names no file']);
    expect(faultOf('# nothing today\n')).toEqual(['0: the manifest names no file']);
    expect(parseManifest(Buffer.from([0xff, 0xfe, 0x61])).faults).toEqual([
      { number: 0, text: 'the manifest is not UTF-8' },
    ]);
    expect(parse(`${'#\n'.repeat(10_000)}${DIGEST}  a.csv`).faults).toEqual([
      { number: 0, text: 'the manifest has more than 10,000 lines' },
    ]);
    expect(parse(`${'#\n'.repeat(9_999)}${DIGEST}  a.csv\n`).lines).toHaveLength(1);
  });
});
