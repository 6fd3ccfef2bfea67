import type { ClaimedMail, MailIntent } from '../../../storage/index.js';
import { createFormat } from '../../../web/format.js';
import { visibleName, visibleText } from '../../../web/visible.js';
import type { Letter } from '../mailer.js';
import type { LetterContent, TemplateContext } from './content.js';
import { writeGroupDeposits } from './group-deposits.js';
import { writeGroupWelcome } from './group-welcome.js';
import { writeHeld } from './held.js';
import { renderHtml } from './html.js';
import { writeInvitation } from './invitation.js';
import { writePasswordChanged } from './password-changed.js';
import { writePasswordReset } from './password-reset.js';
import { renderText } from './text.js';
import { writeUnfinished } from './unfinished.js';
import { writeUploadExpired } from './upload-expired.js';

export interface LetterSettings {
  /** `Name <address>` or an address. */
  readonly from: string;
  /** Every link begins with it, whatever address a request came by. */
  readonly publicUrl: URL;
  /** IANA name. */
  readonly timeZone: string;
}

/** Turns a mail's meaning into words in its recipient's language: text and HTML that say the same. */
export function writeLetter(mail: ClaimedMail, settings: LetterSettings, now: Date): Letter {
  const { language, houseName } = mail;
  const content = writeContent(mail.intent, {
    language,
    houseName,
    recipientName: mail.to.name.includes('@') ? '' : mail.to.name,
    format: createFormat(language, settings.timeZone, now),
    link: (...segments) => new URL(`/${segments.map(encodeURIComponent).join('/')}`, settings.publicUrl).href,
  });
  return {
    id: mail.id,
    messageId: mail.messageId,
    from: settings.from,
    to: { ...mail.to, name: visibleName(mail.to.name) },
    date: now,
    language,
    subject: visibleName(content.subject),
    text: renderText(content, houseName),
    html: visibleText(renderHtml(content, houseName, language)),
  };
}

function writeContent(intent: MailIntent, context: TemplateContext): LetterContent {
  switch (intent.template) {
    case 'invitation':
      return writeInvitation(intent, context);
    case 'password-reset':
      return writePasswordReset(intent, context);
    case 'password-changed':
      return writePasswordChanged(intent, context);
    case 'group-welcome':
      return writeGroupWelcome(intent, context);
    case 'unfinished':
      return writeUnfinished(intent, context);
    case 'upload-expired':
      return writeUploadExpired(intent, context);
    case 'held':
      return writeHeld(intent, context);
    case 'group-deposits':
      return writeGroupDeposits(intent, context);
  }
}
