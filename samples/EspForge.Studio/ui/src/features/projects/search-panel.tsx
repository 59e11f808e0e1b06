import { useQuery } from "@tanstack/react-query";
import { CaseSensitive, ChevronRight, Regex, WholeWord, type LucideIcon } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "@/api/error";
import { projectSearch, type SearchOptions } from "@/api/queries";
import type { Match } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import type { Drafts } from "@/features/projects/drafts";
import { groupMatches, pieces, type MatchFile } from "@/features/projects/search";
import { mergeMatches } from "@/features/projects/search-text";
import { useUnsavedMatches } from "@/features/projects/use-unsaved-matches";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";

interface SearchPanelProps {
  projectId: string;
  options: SearchOptions;
  onOptions: (options: SearchOptions) => void;
  /** Unsaved text is searched as it is on the screen. */
  drafts: Drafts;
  /** Counts up with each wish to type. */
  wanted: number;
  onPick: (match: Match) => void;
}

const SWITCHES: ["case" | "word" | "regex", string, LucideIcon][] = [
  ["case", "Match case", CaseSensitive],
  ["word", "Whole words", WholeWord],
  ["regex", "Regular expression", Regex],
];

const LIMIT = 500;

/** A text in every file of the project, unsaved ones included. */
export function SearchPanel({ projectId, options, onOptions, drafts, wanted, onPick }: SearchPanelProps) {
  const field = useRef<HTMLInputElement>(null);
  const settled = useDebounced(options, 250);
  const query = useQuery({ ...projectSearch(projectId, settled), placeholderData: (old) => (settled.q === "" ? undefined : old) });
  const unsaved = useUnsavedMatches(settled, drafts, LIMIT);
  const merged = useMemo(() => query.data && mergeMatches(query.data, unsaved.found, LIMIT), [query.data, unsaved]);
  const files = useMemo(() => groupMatches(merged?.matches ?? []), [merged]);
  const refused = query.error instanceof ApiError && query.error.status === 400 ? (query.error.field("q") ?? query.error.message) : null;
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [wanted]);

  return (
    <section aria-label="Search in files" className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-1.5 border-b p-2">
        <Input
          ref={field}
          type="search"
          aria-label="Search for"
          placeholder="Search in files"
          className="font-mono"
          maxLength={200}
          spellCheck={false}
          autoCapitalize="off"
          aria-invalid={refused !== null}
          value={options.q}
          onChange={(event) => onOptions({ ...options, q: event.target.value })}
        />
        <div role="group" aria-label="How to search" className="flex gap-1">
          {SWITCHES.map(([name, word, Icon]) => (
            <button
              key={name}
              type="button"
              aria-label={word}
              title={word}
              aria-pressed={options[name]}
              className="flex size-7 items-center justify-center rounded-md border border-transparent text-muted-foreground hover:bg-raised aria-pressed:border-foreground aria-pressed:bg-raised aria-pressed:text-foreground pointer-coarse:size-10"
              onClick={() => onOptions({ ...options, [name]: !options[name] })}
            >
              <Icon className="size-4" />
            </button>
          ))}
          <p role="status" className="caption ml-auto self-center">
            {options.q === "" || refused !== null ? "" : merged ? `${plural(merged.matches.length, "match", "matches")} in ${plural(files.length, "file")}${merged.truncated ? ", and more" : ""}` : "searching …"}
          </p>
        </div>
        {refused !== null && (
          <p role="alert" className="text-xs text-destructive">
            {refused}
          </p>
        )}
        {unsaved.failed && refused === null && <p className="caption">This expression is not searched for in unsaved text; of files with unsaved changes the saved text is searched.</p>}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isError && refused === null && <ErrorPanel error={query.error} className="m-2" retry={() => void query.refetch()} />}
        {query.isFetching && !query.data && <Skeleton className="m-2 h-16" />}
        {options.q !== "" && merged && files.length === 0 && <p className="px-3 py-3 text-sm text-muted-foreground">Nothing found.</p>}
        {options.q === "" && <p className="px-3 py-3 text-sm text-muted-foreground">Type what to look for; every file of the project is searched.</p>}
        {options.q !== "" && files.map((file) => <Found key={file.path} file={file} unsaved={unsaved.found.has(file.path)} onPick={onPick} />)}
        {merged?.truncated && options.q !== "" && <p className="caption px-3 py-2">These are the first {merged.matches.length}; a longer text finds fewer.</p>}
      </div>
    </section>
  );
}

function Found({ file, unsaved, onPick }: { file: MatchFile; unsaved: boolean; onPick: (match: Match) => void }) {
  const [open, setOpen] = useState(true);
  return (
    <div>
      <button type="button" aria-expanded={open} className="sticky top-0 z-1 flex h-7 w-full items-center gap-1.5 bg-card px-2 text-left text-sm font-medium hover:bg-raised focus-visible:-outline-offset-2 pointer-coarse:h-10" onClick={() => setOpen(!open)} title={file.path}>
        <ChevronRight className={cn("size-3.5 shrink-0 text-muted-foreground", open && "rotate-90")} aria-hidden />
        <span className="num min-w-0 truncate">{file.path}</span>
        {unsaved && <span role="img" aria-label="unsaved" title="Its unsaved text was searched" className="size-1.5 shrink-0 rounded-full bg-foreground" />}
        <span className="flex-1" />
        <span className="num text-xs text-muted-foreground">{file.count}</span>
      </button>
      {open && (
        <ul>
          {file.lines.map((line) => (
            <li key={`${line.line} ${line.matches[0]?.column}`}>
              <button
                type="button"
                data-testid="match"
                data-path={file.path}
                data-line={line.line}
                title={line.text.trim()}
                className="flex min-h-6 w-full items-baseline gap-2 py-0.5 pr-2 pl-7 text-left text-xs hover:bg-raised focus-visible:-outline-offset-2 pointer-coarse:min-h-10 pointer-coarse:items-center"
                onClick={() => line.matches[0] && onPick(line.matches[0])}
              >
                <span className="num w-7 shrink-0 text-right text-muted-foreground">{line.line}</span>
                <span className="num min-w-0 truncate">
                  {pieces(line).map((piece, i) => (piece.hit ? <mark key={i} className="rounded-sm bg-working/25 text-foreground">{piece.text}</mark> : <span key={i}>{piece.text}</span>))}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
