import { Icon } from './icon.js';

/** The mark, the product and the house it works for. */
export function Brand({ houseName, href }: { readonly houseName: string; readonly href?: string }) {
  const content = (
    <>
      <span class="mark">
        <Icon name="letter" />
      </span>
      <span class="brand-words">
        <b>PEPS</b>
        {houseName === '' ? null : <span>{houseName}</span>}
      </span>
    </>
  );
  return href === undefined ? (
    <p class="brand">{content}</p>
  ) : (
    <a class="brand" href={href}>
      {content}
    </a>
  );
}
