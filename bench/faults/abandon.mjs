// What must not outlive a campaign that is broken off: processes, mounts, folders.
const leavings = new Set();

/** `clean` runs, without waiting for anything, when the command is ended by Ctrl-C or SIGTERM. @returns what takes it back */
export function cleanWhenAbandoned(clean) {
  leavings.add(clean);
  return () => leavings.delete(clean);
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => {
    // The last begun first: a daemon before the file system it lives on.
    for (const clean of [...leavings].reverse()) {
      try {
        clean();
      } catch (error) {
        process.stderr.write(`${error.message}\n`);
      }
    }
    process.exit(exitCode);
  });
