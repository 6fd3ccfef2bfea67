import type { GroupSummary } from '../storage/index.js';
import type { Visit } from '../web/routes.js';

interface UsedProps {
  readonly words: Visit['words']['administration']['groups'];
  readonly format: Visit['format'];
  readonly group: GroupSummary;
}

/** The place a group takes; with a quota, also as a bar. */
export function Used({ words, format, group }: UsedProps) {
  const used = format.size(group.usedBytes);
  if (group.quotaBytes === null) return <>{used}</>;
  const text = words.usedOf(used, format.size(group.quotaBytes));
  return (
    <span class="quota">
      <span>{text}</span>
      <meter
        min={0}
        max={group.quotaBytes}
        high={group.quotaBytes * 0.8}
        value={group.usedBytes}
        aria-label={words.used}
      />
    </span>
  );
}
