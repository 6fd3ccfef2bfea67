// Sizes and rounds; every one can be made smaller by the environment, for a run that only shows that the benchmark works.
import { join } from 'node:path';

/** What all benchmarks go by. */
export const settings = {
  /** Times each work is done, ours and theirs in turn; the median counts. */
  rounds: number('BENCH_ROUNDS', 5),
  /** One large file. */
  largeMib: number('BENCH_MIB', 1024),
  /** Files in the folder that is listed. */
  children: number('BENCH_CHILDREN', 10_000),
  /** Files in a folder that is too large for anybody. */
  manyChildren: number('BENCH_MANY_CHILDREN', 100_000),
  /** Network drives that are connected and idle. */
  drives: number('BENCH_DRIVES', 200),
  /** Files of 4 KiB in the folder that is carried over SFTP. */
  files: number('BENCH_FILES', 2000),
  /** How long each round of small requests lasts. */
  seconds: number('BENCH_SECONDS', 8),
  /** What goes through each door, each way, while the memory is watched. */
  memoryMib: number('BENCH_MEMORY_MIB', 5 * 1024),
  /** One very large file each way through each door. */
  hugeMib: number('BENCH_HUGE_MIB', 20 * 1024),
  /** What a browser sends, cut off on its way. */
  resumeMib: number('BENCH_RESUME_MIB', 6 * 1024),
  /** Bad requests over HTTP; the seed they are drawn with, to have the same ones again. */
  malformedCases: number('BENCH_MALFORMED_CASES', 100_000),
  malformedSeed: number('BENCH_MALFORMED_SEED', 20_261_126),
  /** Wrong passwords during a download. */
  storm: number('BENCH_STORM', 200),
  /** For the daemon's own node, such as `--cpu-prof --cpu-prof-dir=DIR`. */
  nodeFlags: (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== ''),
  /** Where the figures are written as JSON, one file per benchmark. */
  resultsFolder: process.env.BENCH_RESULTS ?? join('coverage', 'bench'),
};

function number(name, otherwise) {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number above zero.`);
  return value;
}
