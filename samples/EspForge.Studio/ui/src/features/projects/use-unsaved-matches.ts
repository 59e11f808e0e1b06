import { useEffect, useMemo, useState } from "react";
import type { SearchOptions } from "@/api/queries";
import type { Match } from "@/api/types";
import type { Drafts } from "@/features/projects/drafts";
import { findIn, patternOf } from "@/features/projects/search-text";
import type { SearchJob, SearchResult } from "@/features/projects/search.worker";
import SearchWorker from "@/features/projects/search.worker.ts?worker";

/** An expression that takes longer in this browser is given up. */
const PATIENCE_MS = 1000;

export interface UnsavedMatches {
  /** By file, those without a match too: what the server says of these is old. */
  found: ReadonlyMap<string, Match[]>;
  /** The expression cannot be searched for here, or takes too long: what the server says of saved texts is all there is. */
  failed: boolean;
}

const NONE: UnsavedMatches = { found: new Map(), failed: false };
const FAILED: UnsavedMatches = { found: new Map(), failed: true };

/** Searches what is typed and not saved. A text is searched at once; an expression, which may take for ever, in a worker that can be stopped. */
export function useUnsavedMatches(options: SearchOptions, drafts: Drafts, limit: number): UnsavedMatches {
  const files = useMemo(() => Object.entries(drafts).map(([path, draft]): [string, string] => [path, draft.text]), [drafts]);
  const idle = options.q === "" || files.length === 0;
  const plain = useMemo(() => {
    const pattern = idle || options.regex ? null : patternOf(options);
    return pattern && { found: new Map(files.map(([path, text]) => [path, findIn(path, text, pattern, limit)])), failed: false };
  }, [idle, options, files, limit]);
  const [ours, setOurs] = useState<{ options: SearchOptions; files: typeof files; result: UnsavedMatches } | null>(null);

  useEffect(() => {
    if (idle || !options.regex) return;
    const worker = new SearchWorker();
    const end = (result: SearchResult) => {
      clearTimeout(timer);
      worker.terminate();
      setOurs({ options, files, result: result === null ? FAILED : { found: new Map(result), failed: false } });
    };
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    worker.onmessage = (event: MessageEvent<SearchResult>) => end(event.data);
    worker.onerror = () => end(null);
    worker.postMessage({ options, files, limit } satisfies SearchJob);
    return () => {
      clearTimeout(timer);
      worker.terminate();
    };
  }, [idle, options, files, limit]);

  if (idle) return NONE;
  if (plain) return plain;
  // While an answer is on its way, the one before for the same expression is nearer to the truth than the saved texts.
  return ours !== null && ours.options === options ? ours.result : NONE;
}
