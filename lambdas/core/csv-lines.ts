/** A record of a CSV text and the physical lines it spans, counted from 1 as COPY counts them. */
export interface CsvRecord {
  /** With its line end. */
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Splits CSV text into records: a line end inside quotes belongs to its field. */
export function* csvRecords(text: string): Iterable<CsvRecord> {
  let start = 0;
  let line = 1;
  let firstLine = 1;
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) inQuotes = !inQuotes;
    else if (char === LINE_FEED) {
      if (!inQuotes) {
        yield { text: text.slice(start, i + 1), firstLine, lastLine: line };
        start = i + 1;
        firstLine = line + 1;
      }
      line += 1;
    }
  }
  if (start < text.length) yield { text: text.slice(start), firstLine, lastLine: line };
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** The fields of a record, without their quotes. NULL is its marker, as it stands in the file. */
export function csvFields(record: string): readonly string[] {
  const text = record.replace(/\r?\n$/, "");
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    if (text.charCodeAt(at) !== QUOTE) {
      const comma = text.indexOf(",", at);
      const end = comma === -1 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = at + 1;
    // A doubled quote is one inside the field.
    while (end < text.length && (text.charCodeAt(end) !== QUOTE || text.charCodeAt(end + 1) === QUOTE)) {
      end += text.charCodeAt(end) === QUOTE ? 2 : 1;
    }
    fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return fields;
}

/** The fields of a record as they stand in the file: quotes and all, so that they can be written again as they are. */
export function rawFields(record: string): readonly string[] {
  const text = record.replace(/\r?\n$/, "");
  const fields: string[] = [];
  let start = 0;
  let inQuotes = false;
  for (let i = 0; i <= text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) inQuotes = !inQuotes;
    else if (i === text.length || (char === COMMA && !inQuotes)) {
      fields.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return fields;
}

const COMMA = 0x2c;
