import { render } from 'preact-render-to-string';
import type { Language } from '../../../storage/index.js';
import type { LetterContent, LetterItem } from './content.js';

/**
 * The HTML of a mail: one 560-pixel table that shrinks to 320, one button, styles in line, nothing fetched from anywhere.
 * Mail programs drop style sheets and drawings, so the mark is a word in a coloured cell.
 */
export function renderHtml(content: LetterContent, houseName: string, language: Language): string {
  return `<!doctype html>${render(<Page content={content} houseName={houseName} language={language} />)}`;
}

const FONT =
  'font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;';
const TEXT = `${FONT}font-size:16px;line-height:1.5;`;
const SMALL = `${FONT}font-size:13px;line-height:1.5;color:#5F6D67;`;
const WRAP = 'overflow-wrap:anywhere;word-break:break-word;';

function Page(props: { content: LetterContent; houseName: string; language: Language }) {
  const { content, houseName, language } = props;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>{content.subject}</title>
      </head>
      <body style="margin:0;padding:0;background:#F2F5F3;">
        <Layout style="background:#F2F5F3;">
          <td align="center" style="padding:24px 12px;">
            <table
              role="presentation"
              cellPadding="0"
              cellSpacing="0"
              width="560"
              style="width:100%;max-width:560px;"
            >
              <tbody>
                <tr>
                  <td style="padding:0 4px 16px;">
                    <Mark houseName={houseName} />
                  </td>
                </tr>
                <tr>
                  <td style="background:#FFFFFF;border:1px solid #DFE6E2;border-radius:18px;padding:28px 24px;text-align:left;">
                    <Sheet content={content} />
                  </td>
                </tr>
                <tr>
                  <td style={`${SMALL}${WRAP}padding:16px 8px 0;text-align:left;`}>{content.footer}</td>
                </tr>
              </tbody>
            </table>
          </td>
        </Layout>
      </body>
    </html>
  );
}

/** A full-width table of one row: what mail programs lay out alike. */
function Layout(props: { style?: string; children: preact.ComponentChildren }) {
  return (
    <table
      role="presentation"
      cellPadding="0"
      cellSpacing="0"
      width="100%"
      style={`width:100%;${props.style ?? ''}`}
    >
      <tbody>
        <tr>{props.children}</tr>
      </tbody>
    </table>
  );
}

function Mark({ houseName }: { houseName: string }) {
  return (
    <table role="presentation" cellPadding="0" cellSpacing="0">
      <tbody>
        <tr>
          <td
            style={`${FONT}background:#11624B;color:#FFFFFF;border-radius:10px;padding:8px 12px;font-size:15px;font-weight:600;letter-spacing:.04em;`}
          >
            PEPS
          </td>
          <td style={`${FONT}${WRAP}padding-left:12px;font-size:14px;color:#46544E;`}>{houseName}</td>
        </tr>
      </tbody>
    </table>
  );
}

function Sheet({ content }: { content: LetterContent }) {
  return (
    <>
      <h1
        style={`${FONT}${WRAP}margin:0 0 12px;font-size:22px;line-height:1.25;font-weight:600;letter-spacing:-.022em;color:#14201B;`}
      >
        {content.title}
      </h1>
      {content.paragraphs.map((paragraph) => (
        <p style={`${TEXT}${WRAP}margin:0 0 16px;color:#46544E;`}>{paragraph}</p>
      ))}
      {content.items.length > 0 && <Items items={content.items} />}
      {content.more !== null && <p style={`${TEXT}margin:0 0 16px;color:#46544E;`}>{content.more}</p>}
      <Layout style="margin-top:8px;">
        <td align="center" style="background:#11624B;border-radius:10px;">
          <a
            href={content.button.href}
            style={`${FONT}display:block;padding:16px 20px;font-size:16px;font-weight:600;color:#FFFFFF;text-decoration:none;`}
          >
            {content.button.label}
          </a>
        </td>
      </Layout>
      <div style={`${SMALL}${WRAP}margin:12px 0 0;text-align:center;`}>
        {content.notes.map((note) => (
          <p style="margin:0;">{note}</p>
        ))}
      </div>
    </>
  );
}

function Items({ items }: { items: readonly LetterItem[] }) {
  const line = 'border-top:1px solid #DFE6E2;';
  return (
    <table
      role="presentation"
      cellPadding="0"
      cellSpacing="0"
      width="100%"
      style="width:100%;margin:0 0 16px;border-bottom:1px solid #DFE6E2;"
    >
      <tbody>
        {items.map((item) => (
          <tr>
            <td style={`${TEXT}${WRAP}${line}padding:12px 12px 12px 0;font-weight:600;`}>
              <a href={item.href} style="color:#14201B;text-decoration:none;">
                <bdi>{item.name}</bdi>
              </a>
              {item.details.length > 0 && (
                <div style={`${SMALL}font-weight:400;`}>{item.details.join(' · ')}</div>
              )}
            </td>
            <td
              align="right"
              valign="top"
              style={`${SMALL}${line}padding:14px 0 12px;white-space:nowrap;vertical-align:top;`}
            >
              {item.size}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
