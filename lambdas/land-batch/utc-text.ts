/** Milliseconds -> `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. Rows of one transaction share theirs: the last text is kept. */
export function utcText(): (milliseconds: number) => string {
  let last = Number.NaN;
  let text = "";
  return (milliseconds) => {
    if (milliseconds !== last) {
      last = milliseconds;
      text = `${new Date(milliseconds).toISOString().replace("T", " ").slice(0, 23)}000`;
    }
    return text;
  };
}
