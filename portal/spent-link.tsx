import type { ComponentChildren } from 'preact';
import { STATUS } from '../protocols/status.js';
import type { LinkState } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { Calm } from '../web/layout/calm.js';
import type { Answer, Visit } from '../web/routes.js';

interface SpentLink {
  readonly visit: Visit;
  readonly state: Exclude<LinkState, 'valid'>;
  readonly purpose: 'activation' | 'reset' | 'setUp';
  /** How to come by a new link: a button, or a form with one. */
  readonly renewal?: ComponentChildren;
}

/** A link that leads nowhere any more: says why, and what to do now. */
export function answerSpentLink({ visit, state, purpose, renewal }: SpentLink): Answer {
  const { links, kit } = visit.words;
  const { title } = links[state];
  const signIn = (look: 'filled' | 'outline') => (
    <LinkButton look={look} href="/connexion">
      {kit.signIn}
    </LinkButton>
  );
  const isRenewable = state === 'expired' && renewal !== undefined;
  const actions = isRenewable ? (
    <>
      {renewal}
      {signIn('outline')}
    </>
  ) : (
    <>
      {signIn('filled')}
      {state === 'used' ? (
        <LinkButton look="outline" href="/mot-de-passe-oublie">
          {links.signIn.forgotten}
        </LinkButton>
      ) : null}
    </>
  );
  return {
    kind: 'page',
    status: STATUS[state === 'unknown' ? 'not-found' : 'gone'].http,
    page: (
      <Calm
        visit={visit}
        title={title}
        icon={state === 'used' ? 'check' : state === 'expired' ? 'clock' : 'mail'}
        tone={state === 'used' ? 'good' : 'plain'}
        text={textOf(links, state, purpose)}
        actions={actions}
        note={isRenewable && purpose === 'activation' ? links.activation.againNote : undefined}
      />
    ),
  };
}

function textOf(
  links: Visit['words']['links'],
  state: SpentLink['state'],
  purpose: SpentLink['purpose'],
): string {
  if (state === 'expired') return links.expired[purpose];
  if (state === 'used' && purpose !== 'setUp') return links.used[purpose];
  return purpose === 'setUp' ? links.unknown.setUp : links.unknown.text;
}
