export interface Hit {
  id: string;
  text: string;
}

export interface Marked extends Hit {
  ranges: Array<[number, number]>;
}

export function markAll(hits: Hit[], words: string[]): Marked[] {
  const wanted = words.map((word) => word.toLowerCase());
  return hits.map((hit) => {
    const text = hit.text.toLowerCase();
    const ranges: Array<[number, number]> = [];
    for (const word of wanted) {
      const start = text.indexOf(word);
      if (start >= 0) {
        ranges.push([start, start + word.length]);
      }
    }
    return { ...hit, ranges };
  });
}
