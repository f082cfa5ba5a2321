/**
 * A text field, always in quotes: blanks at its ends survive, and '' stays apart from NULL, which is an unquoted marker.
 */
export function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}
