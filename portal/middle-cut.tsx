const KEPT_CHARACTERS = 12;

/**
 * A name in two parts: where room is short the first gives way, and the end with its extension stays. Small screens wrap it
 * instead.
 */
export function MiddleCut({ name }: { readonly name: string }) {
  const characters = [...name];
  if (characters.length <= KEPT_CHARACTERS * 2) return <>{name}</>;
  return (
    <span class="middle-cut">
      <span>{characters.slice(0, -KEPT_CHARACTERS).join('')}</span>
      <span>{characters.slice(-KEPT_CHARACTERS).join('')}</span>
    </span>
  );
}
