import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Plan } from "@/api/types";
import { CopyButton } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Skeleton } from "@/components/ui/skeleton";
import { diffLines } from "@/features/pins/line-diff";
import { code } from "@/features/pins/queries";
import { cn } from "@/lib/cn";

/** The generated header, with what this plan changes against the saved one. */
export function CodeDrawer({ plan, saved }: { plan: Plan; saved: Plan | null }) {
  const now = useQuery(code(plan));
  const before = useQuery({ ...code(saved ?? plan), enabled: saved !== null });
  const lines = useMemo(() => (now.data ? diffLines(before.data?.content ?? now.data.content, now.data.content) : null), [now.data, before.data]);
  if (now.isLoadingError) return <ErrorPanel error={now.error} className="m-3" />;
  if (!lines || !now.data) return <Skeleton className="m-3 h-32" />;
  const changed = lines.filter((line) => line.kind !== "same").length;
  return (
    <div className="relative">
      <p className="flex items-center gap-2 border-b px-3 py-1.5 text-xs text-muted-foreground">
        <span className="num">{now.data.fileName}</span>
        <span>{saved === null ? "" : changed === 0 ? "as saved" : `${changed} lines differ from the saved plan`}</span>
        <span className="ml-auto">
          <CopyButton text={now.data.content} what={now.data.fileName} />
        </span>
      </p>
      <pre tabIndex={0} aria-label={now.data.fileName} className="num max-h-80 overflow-auto py-2 text-xs leading-[18px]">
        {lines.map((line, i) => (
          <div key={i} className={cn("px-3 whitespace-pre", line.kind === "added" && "bg-confirmed/12", line.kind === "removed" && "bg-failed/12 line-through opacity-80")}>
            <span aria-hidden className="mr-2 inline-block w-2 text-muted-foreground select-none">
              {line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}
            </span>
            {line.text || " "}
          </div>
        ))}
      </pre>
    </div>
  );
}
