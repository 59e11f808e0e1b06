/** What a table keeps in the URL: filter text, sort ("-version" is descending) and hidden columns. */
export interface TableSearch {
  q?: string;
  sort?: string;
  hide?: string;
}

const text = (value: unknown, max = 200): string | undefined =>
  (typeof value === "string" || typeof value === "number") && String(value) !== "" ? String(value).slice(0, max) : undefined;

export function tableSearch(input: Record<string, unknown>): TableSearch {
  return { q: text(input["q"]), sort: text(input["sort"], 40), hide: text(input["hide"]) };
}

export function searchText(input: Record<string, unknown>, name: string): string | undefined {
  return text(input[name]);
}

export type SortValue = string | number | null | undefined;

/** Nothing sorts last in both directions; numbers by size, words as people order them. */
export function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  const emptyA = a === null || a === undefined || a === "";
  const emptyB = b === null || b === undefined || b === "";
  if (emptyA || emptyB) return emptyA === emptyB ? 0 : emptyA ? 1 : -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  return descending ? -order : order;
}

export function parseSort(sort: string | undefined): { id: string; descending: boolean } | null {
  if (!sort) return null;
  return sort.startsWith("-") ? { id: sort.slice(1), descending: true } : { id: sort, descending: false };
}

/** A first click sorts up, a second down, a third not at all. */
export function nextSort(current: string | undefined, id: string): string | undefined {
  if (current === id) return `-${id}`;
  return current === `-${id}` ? undefined : id;
}

/** Every word of the filter must occur somewhere in the row. */
export function matches(haystack: string, filter: string | undefined): boolean {
  if (!filter) return true;
  const row = haystack.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.includes(word));
}
