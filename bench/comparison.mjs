// Ours and theirs in turn, round after round, so that whatever else the machine does meets both; the median counts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { settings } from './settings.mjs';

/**
 * Does every row `rounds` times and prints the table, a line for each peer. A row is `{ title, unit, ours, peers, floor? }`, a peer
 * `{ name, work, least, aim }`: `ours` and `work` do the same and give a figure of which more is better, given the round's
 * number; `least` and `aim` are ratios; `floor` is what ours must reach whatever the peers do. `cpuSeconds` tells the daemon's
 * processor time, which other work disturbs less than the clock.
 */
export async function compare(subject, rows, { cpuSeconds = () => 0, rounds = settings.rounds } = {}) {
  const measured = rows.map((row) => ({ row, ours: [], theirs: row.peers.map(() => []), cpu: [] }));
  for (let round = 0; round < rounds; round++)
    for (const { row, ours, theirs, cpu } of measured) {
      const turns = [
        async () => {
          const before = cpuSeconds();
          ours.push(await row.ours(round));
          cpu.push(cpuSeconds() - before);
        },
        ...row.peers.map(
          ({ work }, index) =>
            async () =>
              theirs[index].push(await work(round)),
        ),
      ];
      // Neither is always the one that finds the disk busy with what the other left.
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
  report(subject, measured.flatMap(summaries));
}

/** Prints rows that were measured in their own way, `{ title, unit, ours, theirs?, ratio?, least?, aim?, note? }`, and keeps them as JSON. */
export function report(subject, rows) {
  for (const row of rows) process.stdout.write(`  ${lineOf(row)}\n`);
  const machine = { node: process.version, cpus: cpus().length, load: loadavg() };
  process.stdout.write(`  load of the machine ${machine.load.map((value) => value.toFixed(1)).join(' ')}\n`);
  mkdirSync(settings.resultsFolder, { recursive: true });
  const file = join(settings.resultsFolder, `${subject}.json`);
  writeFileSync(file, `${JSON.stringify({ subject, machine, settings, rows }, null, 2)}\n`);
}

/** The middle one of several figures. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function summaries({ row, ours, theirs, cpu }) {
  const { title, unit, floor, peers } = row;
  const common = { title, unit, ours: median(ours), samples: ours, cpuSeconds: median(cpu), floor };
  if (peers.length === 0) return [common];
  return peers.map(({ name, least, aim }, index) => {
    const samples = theirs[index];
    // Of each round on its own: what slowed all down in one round does not count.
    const ratio = median(ours.map((value, round) => value / samples[round]));
    return { ...common, peer: name, theirs: median(samples), theirSamples: samples, ratio, least, aim };
  });
}

function lineOf({ title, unit, ours, theirs, peer, ratio, least, aim, floor, cpuSeconds, note = '' }) {
  const peers = theirs === undefined ? '' : `${figure(theirs)} ${peer}  ${ratio.toFixed(2)} x`;
  const judged = ratio ?? ours;
  const goals = least === undefined ? '' : `least ${least}, aim ${aim}: ${verdict(judged, least, aim)}`;
  const absolute = floor === undefined ? '' : `least ${floor} ${unit}: ${ours >= floor ? 'enough' : 'BELOW'}`;
  const cpu = cpuSeconds ? `cpu ${cpuSeconds.toFixed(2)} s` : '';
  return [title.padEnd(34), `${figure(ours)} ${unit}`, peers, goals, absolute, cpu, note]
    .filter(Boolean)
    .join('  ');
}

function verdict(value, least, aim) {
  // Of growth less is better.
  const reaches = (goal) => (aim < least ? value <= goal : value >= goal);
  return reaches(aim) ? 'aim' : reaches(least) ? 'enough' : 'BELOW';
}

function figure(value) {
  return (value < 100 ? value.toFixed(2) : value.toFixed(0)).padStart(7);
}
