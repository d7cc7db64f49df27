export interface Hit {
  id: string;
  text: string;
}

export interface Marked extends Hit {
  ranges: Array<[number, number]>;
}

export function markAll(hits: Hit[], words: string[]): Marked[] {
  return hits.map((hit) => {
    const ranges: Array<[number, number]> = [];
    for (const word of words) {
      for (const other of hits) {
        if (other.id !== hit.id) {
          continue;
        }
        const start = other.text.toLowerCase().indexOf(word.toLowerCase());
        if (start >= 0) {
          ranges.push([start, start + word.length]);
        }
      }
    }
    return { ...hit, ranges };
  });
}
