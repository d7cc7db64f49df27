export interface Hit {
  id: string;
  text: string;
}

export interface Marked extends Hit {
  ranges: Array<[number, number]>;
}

export function markAll(hits: Hit[]): Marked[] {
  return hits.map((hit) => ({ ...hit, ranges: [] }));
}
