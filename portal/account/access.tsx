import { LinkButton } from '../../web/components/button.js';
import { CopyCode } from '../../web/components/copy-code.js';
import type { MemberVisit } from '../../web/routes.js';
import { DRIVE_PATH } from '../addresses.js';
import { addressOf } from '../drive-guide.js';

/** How one's own programs come in: the network drive and SFTP, ready to be copied. */
export function Access({ visit }: { readonly visit: MemberVisit }) {
  const words = visit.words.account.access;
  const { kit } = visit.words;
  const sftp = visit.context.sftp?.();
  const { hostname } = visit.context.publicUrl;
  const { login } = visit.session.account;
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <dl class="pairs">
        <div>
          <dt>{words.drive}</dt>
          <dd>
            <CopyCode text={addressOf(visit).href} label={words.copyDrive} words={kit} />
            <p>
              <LinkButton look="text" icon="drive" href={DRIVE_PATH}>
                {words.guide}
              </LinkButton>
            </p>
          </dd>
        </div>
        <div>
          <dt>{words.login}</dt>
          <dd>
            <CopyCode text={login} label={words.copyLogin} words={kit} />
          </dd>
        </div>
        {sftp ? (
          <>
            <div>
              <dt>{words.sftp}</dt>
              <dd>
                <CopyCode
                  text={`sftp -P ${sftp.port} -o User=${login} ${hostname}`}
                  label={words.copySftp}
                  words={kit}
                />
                <p>{words.sftpNote(hostname, sftp.port)}</p>
              </dd>
            </div>
            <div>
              <dt>{words.fingerprint}</dt>
              <dd>
                {sftp.fingerprints.map((fingerprint) => (
                  <CopyCode text={fingerprint} label={words.copyFingerprint} words={kit} />
                ))}
                <p>{sftp.fingerprints.length > 1 ? words.fingerprintsNote : words.fingerprintNote}</p>
              </dd>
            </div>
          </>
        ) : null}
      </dl>
    </section>
  );
}
