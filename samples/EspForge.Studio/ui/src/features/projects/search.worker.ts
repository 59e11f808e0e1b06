import type { SearchOptions } from "@/api/queries";
import type { Match } from "@/api/types";
import { findIn, patternOf } from "@/features/projects/search-text";

export interface SearchJob {
  options: SearchOptions;
  files: [path: string, text: string][];
  limit: number;
}
export type SearchResult = [path: string, matches: Match[]][] | null;

self.onmessage = (event: MessageEvent<SearchJob>) => {
  const { options, files, limit } = event.data;
  const pattern = patternOf(options);
  const result: SearchResult = pattern && files.map(([path, text]) => [path, findIn(path, text, pattern, limit)]);
  self.postMessage(result);
};
