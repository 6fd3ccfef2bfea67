import type { FileEntry } from '../../storage/index.js';
import { LinkButton } from '../../web/components/button.js';
import type { MemberVisit } from '../../web/routes.js';
import { visibleName } from '../../web/visible.js';
import { fileAddress } from '../addresses.js';
import { type Inspection, inspect, previewKind } from './inspection.js';

const SHORT_LINES = 8;
const SHORT_LENGTH = 600;

/** What the page shows of the file: an offer, what was asked for, or nothing where a file is only ever downloaded. */
export type PreviewState = Inspection | 'offered' | 'none';

/** Looks into the file only when the visitor asked to. Nothing is recorded: showing the bytes is. */
export async function findPreview(visit: MemberVisit, file: FileEntry): Promise<PreviewState> {
  if (previewKind(file) === undefined) return 'none';
  if (visit.query.get('apercu') !== 'oui') return 'offered';
  const looked = await visit.context.storage.open(visit.session).view(file.path);
  try {
    return await inspect(looked);
  } finally {
    await looked.close('interrupted', []);
  }
}

/** A text stands in a frame, which the page's content policy has to allow. */
export function needsFrame(preview: PreviewState): boolean {
  return typeof preview === 'object' && preview.kind === 'text';
}

interface PreviewProps {
  readonly visit: MemberVisit;
  readonly file: FileEntry;
  readonly preview: PreviewState;
}

/** A file as far as it can be shown without being downloaded. */
export function Preview({ visit, file, preview }: PreviewProps) {
  if (preview === 'none') return null;
  const words = visit.words.preview;
  return (
    <section class="panel preview" id="apercu">
      <h2>{words.title}</h2>
      {preview === 'offered' ? (
        <div class="actions">
          <LinkButton look="outline" icon="eye" href={`${fileAddress(file.id)}?apercu=oui#apercu`}>
            {words.show}
          </LinkButton>
        </div>
      ) : (
        <Shown visit={visit} file={file} found={preview} />
      )}
      <p class="meta">{words.recorded}</p>
    </section>
  );
}

function Shown({ visit, file, found }: Omit<PreviewProps, 'preview'> & { readonly found: Inspection }) {
  const words = visit.words.preview;
  const address = `${fileAddress(file.id)}/apercu`;
  if (found.kind === 'refused') return <p>{words.refused[found.reason]}</p>;
  if (found.kind === 'image')
    return (
      <img
        src={address}
        width={found.width}
        height={found.height}
        alt={words.ofImage(visibleName(file.name))}
      />
    );
  return (
    <iframe
      src={address}
      title={words.ofText(visibleName(file.name))}
      sandbox=""
      referrerpolicy="no-referrer"
      class={isShort(found.text) ? 'short' : undefined}
    />
  );
}

/** A letter of a few lines needs no tall frame. */
function isShort(text: string): boolean {
  return text.length < SHORT_LENGTH && text.split('\n').length <= SHORT_LINES;
}
