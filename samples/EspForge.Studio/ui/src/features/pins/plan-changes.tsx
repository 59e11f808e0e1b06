import { useQuery } from "@tanstack/react-query";
import type { Plan, PlanDiff } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Skeleton } from "@/components/ui/skeleton";
import { diff } from "@/features/pins/queries";
import type { StatusKind } from "@/lib/status";

type Kind = PlanDiff["differences"][number]["kind"];
const MARK: Record<Kind, { kind: StatusKind; word: string }> = {
  hardware: { kind: "working", word: "board" },
  moved: { kind: "working", word: "moved" },
  added: { kind: "confirmed", word: "added" },
  removed: { kind: "silent", word: "removed" },
  changed: { kind: "working", word: "changed" },
  accepted: { kind: "waiting", word: "accepted" },
  noLongerAccepted: { kind: "waiting", word: "no longer accepted" },
  appeared: { kind: "warning", word: "new finding" },
  gone: { kind: "confirmed", word: "finding gone" },
};

/** What is different between two plans, by meaning: uses and findings, not lines of text. */
export function PlanChanges({ before, after, same = "The two plans mean the same." }: { before: Plan; after: Plan; same?: string }) {
  const query = useQuery(diff(before, after));
  if (query.isError) return <ErrorPanel error={query.error} />;
  if (!query.data) return <Skeleton className="h-16" />;
  if (query.data.same) return <p className="text-sm text-muted-foreground">{same}</p>;
  return (
    <ul aria-label="What changes" className="flex flex-col gap-1.5 text-sm">
      {query.data.differences.map((difference, i) => {
        const mark = MARK[difference.kind];
        return (
          <li key={i} data-testid="difference" data-kind={difference.kind} className="flex items-start gap-2">
            <span className="mt-0.5 flex w-24 shrink-0 items-center gap-1.5 text-xs text-muted-foreground">
              <StatusShape kind={mark.kind} /> {mark.word}
            </span>
            <span className="min-w-0 break-words">{difference.sentence}</span>
          </li>
        );
      })}
    </ul>
  );
}
