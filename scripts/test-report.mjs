// Ends a test run with what a reviewer asks first: how many tests of which kind, and which files take the time.
const SLOWEST = 10;

/** Folders of test/ that are a layer of their own; all others hold tests of single parts. */
const LAYERS = {
  contracts: 'contracts (one suite per interface)',
  doors: 'doors (one suite for every way in)',
  stories: 'stories (fake clock)',
  clients: 'real programs',
  browser: 'browser',
  crash: 'crashes',
  protocols: 'protocols (real clients on sockets)',
  malformed: 'malformed input (generated)',
};
const PARTS = 'parts (pure rules and single modules)';

export default class TestReport {
  onTestRunEnd(modules) {
    const layers = new Map();
    for (const module of modules) {
      const layer = LAYERS[/(?:^|\/)test\/([^/]+)\//u.exec(module.moduleId)?.[1] ?? ''] ?? PARTS;
      const counted = layers.get(layer) ?? { passed: 0, failed: 0, skipped: 0 };
      for (const test of module.children.allTests()) counted[test.result().state] += 1;
      layers.set(layer, counted);
    }
    print(
      'Tests by layer',
      [...layers].sort().map(([layer, count]) => `${describe(count)}  ${layer}`),
    );
    const times = modules
      .map((module) => ({ seconds: module.diagnostic().duration / 1000, file: module.relativeModuleId }))
      .sort((left, right) => right.seconds - left.seconds)
      .slice(0, SLOWEST);
    print(
      'Slowest files',
      times.map(({ seconds, file }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`),
    );
  }
}

function describe({ passed, failed, skipped }) {
  const rest = [failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return `${String(passed).padStart(6)} passed${rest.length > 0 ? `, ${rest.join(', ')}` : ''}`;
}

function print(title, lines) {
  process.stdout.write(`\n${title}\n${lines.map((line) => `${line}\n`).join('')}`);
}
