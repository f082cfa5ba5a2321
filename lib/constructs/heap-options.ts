/**
 * Old space as large as Lambda's runtime makes it (nine tenths), which leaves it to us when one of the two is named. V8
 * doubles its young generation, three semi-spaces, whenever enough of it survives a collection, up to 192 MiB or the
 * runtime's tenth, and gives nothing back while there is work: a warm environment looks as if it leaked. 4 MiB of 512
 * are reached soon, and stay.
 * @returns options of Node
 */
export function heapOptions(memoryMiB: number): string {
  const oldSpace = memoryMiB - Math.floor(memoryMiB / 10);
  return `--max-old-space-size=${oldSpace} --max-semi-space-size=${Math.floor(memoryMiB / 128)}`;
}
