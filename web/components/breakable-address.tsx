/** A mail address that, where room is short, breaks before its "@" rather than in a word. */
export function BreakableAddress({ text }: { readonly text: string }) {
  const [local = '', ...rest] = text.split('@');
  return (
    <>
      {local}
      {rest.map((part) => (
        <>
          <wbr />@{part}
        </>
      ))}
    </>
  );
}
