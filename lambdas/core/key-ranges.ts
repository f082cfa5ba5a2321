/**
 * Splits (-inf, +inf) at even steps between min and max into at most `parts` ranges [above, upTo]. The outer ends stay
 * open: rows beyond the extent that was read belong somewhere too.
 */
export function splitRange(
  min: bigint,
  max: bigint,
  parts: number,
): readonly (readonly [bigint | null, bigint | null])[] {
  const width = max - min + 1n;
  const count = BigInt(Math.max(1, parts)) < width ? BigInt(Math.max(1, parts)) : width;
  const bounds: bigint[] = [];
  for (let i = 1n; i < count; i++) bounds.push(min + (width * i) / count - 1n);
  return [...bounds, null].map((upTo, i) => [i === 0 ? null : (bounds[i - 1] ?? null), upTo]);
}
