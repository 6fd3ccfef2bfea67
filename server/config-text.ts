import type { ConfigFault } from './config-sources.js';

/** One fault on one line: where, which key, which value, what is wrong. */
export function formatFault(fault: ConfigFault): string {
  const place = fault.line === null ? fault.source : `${fault.source}, line ${fault.line}`;
  const subject = fault.value === null ? fault.key : `${fault.key} = ${fault.value}`;
  return `${place}: ${subject} ${fault.problem}`;
}
