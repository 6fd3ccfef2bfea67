import { Alert } from '../components/alert.js';
import { LinkButton, SubmitButton } from '../components/button.js';
import type { NoticeStep, Visit } from '../routes.js';

/** What the act before this page achieved, once, and a way to undo it or to look at what it left. */
export function PassingNotice({ visit }: { readonly visit: Visit }) {
  if (visit.notice === null) return null;
  const { sentence, next } = visit.notice;
  return (
    <Alert tone="good" act={next === null ? undefined : <Next visit={visit} step={next} />}>
      {sentence}
    </Alert>
  );
}

function Next({ visit, step }: { readonly visit: Visit; readonly step: NoticeStep }) {
  const { kit } = visit.words;
  if (step.kind === 'look')
    return (
      <LinkButton look="outline" size="small" href={step.path}>
        {kit.lookAtDeleted}
      </LinkButton>
    );
  return (
    <form method="post" action={step.path}>
      <SubmitButton look="outline" size="small" icon="retry">
        {kit.undo}
      </SubmitButton>
    </form>
  );
}
