import { LinkButton } from '../web/components/button.js';
import { CopyCode } from '../web/components/copy-code.js';
import type { MemberVisit } from '../web/routes.js';
import { ASSISTANT_PATH } from './addresses.js';
import type { System } from './drive-system.js';

/** What Windows shows, as `net use` counts and as Explorer does. */
const ERRORS = [
  { cause: 'notFound', codes: ['67', '0x80070043'] },
  { cause: 'untrusted', codes: ['224'] },
  { cause: 'wrongPassword', codes: ['5', '86', '1326'] },
  { cause: 'noPassword', codes: ['1244'] },
  { cause: 'locked', codes: ['0x80070021'] },
  { cause: 'tooLarge', codes: ['0x800700DF'] },
  { cause: 'tooLong', codes: ['0x80070079'] },
] as const;

export interface DriveProps {
  readonly visit: MemberVisit;
  readonly system: System;
}

/** Below it lies one folder for each group, whatever its name. */
export function addressOf(visit: MemberVisit): URL {
  return new URL('/dav/', visit.context.publicUrl);
}

export function isEncrypted(visit: MemberVisit): boolean {
  return visit.context.publicUrl.protocol === 'https:';
}

export function Windows({ visit }: { readonly visit: MemberVisit }) {
  const words = visit.words.drive;
  const command = `net use Z: "${addressOf(visit).href}" * /user:"${visit.session.account.login}" /persistent:yes`;
  return (
    <>
      {isEncrypted(visit) ? (
        <section class="assistant">
          <h2>{words.assistant.title}</h2>
          <p>{words.assistant.text}</p>
          <LinkButton look="filled" icon="down" href={ASSISTANT_PATH}>
            {words.assistant.button}
          </LinkButton>
          <p class="meta">{words.assistant.after}</p>
        </section>
      ) : null}
      <section>
        <h2>{words.byHand}</h2>
        <Steps steps={words.windows.steps} />
        <p>{words.windows.command}</p>
        <CopyCode text={command} label={words.asked.copyCommand} words={visit.words.kit} />
      </section>
    </>
  );
}

export function Linux({ visit }: { readonly visit: MemberVisit }) {
  const address = addressOf(visit);
  const secure = isEncrypted(visit) ? 's' : '';
  const rest = address.href.slice(address.protocol.length);
  const { linux, asked } = visit.words.drive;
  const texts = [
    { text: `dav${secure}:${rest}`, label: asked.copyAddress },
    { text: `webdav${secure}:${rest}`, label: asked.copyAddress },
    { text: `sudo mount -t davfs -o uid=$USER "${address.href}" /mnt`, label: asked.copyCommand },
  ];
  return (
    <ol class="steps">
      {texts.map(({ text, label }, index) => (
        <li>
          {linux.steps[index]}
          <CopyCode text={text} label={label} words={visit.words.kit} />
        </li>
      ))}
    </ol>
  );
}

export function Steps({ steps }: { readonly steps: readonly string[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li>{step}</li>
      ))}
    </ol>
  );
}

export function GoodToKnow({ visit, system }: DriveProps) {
  const { limits } = visit.words.drive;
  return (
    <section>
      <h2>{limits.title}</h2>
      <div class="questions">
        {limits[system].map(({ title, text }) => (
          <details>
            <summary>{title}</summary>
            <p>{text}</p>
          </details>
        ))}
      </div>
    </section>
  );
}

export function Errors({ visit }: { readonly visit: MemberVisit }) {
  const { errors } = visit.words.drive;
  return (
    <section>
      <h2>{errors.title}</h2>
      <dl class="pairs errors">
        {ERRORS.map(({ cause, codes }) => (
          <div>
            <dt>
              {codes.map((code) => (
                <code>{code}</code>
              ))}
            </dt>
            <dd>
              <b>{errors.causes[cause].meaning}</b> {errors.causes[cause].cure}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
