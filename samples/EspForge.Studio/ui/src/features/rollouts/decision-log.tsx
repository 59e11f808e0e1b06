import type { RolloutLogEntry } from "@/api/types";
import { Actor } from "@/components/actor";
import { StatusShape } from "@/components/status";
import { Time } from "@/components/time";
import { tied } from "@/lib/reasons";
import type { StatusKind } from "@/lib/status";

function kindOf(action: string): StatusKind {
  const word = action.toLowerCase();
  if (word.includes("rollback") || word.includes("rolledback") || word.includes("rolled")) return "rolledBack";
  if (word.includes("pause")) return "warning";
  if (word.includes("complete")) return "confirmed";
  if (word.includes("advance") || word.includes("start") || word.includes("resume")) return "working";
  if (word.includes("cancel")) return "silent";
  return "waiting";
}

const WORDS: Record<string, string> = {
  create: "created",
  start: "started",
  advance: "advanced",
  pause: "paused",
  resume: "resumed",
  complete: "completed",
  cancel: "cancelled",
  rollback: "rolled back",
  rolledBack: "rolled back",
};
function wordOf(action: string): string {
  const word = action.replace(/^rollout\./, "");
  return WORDS[word] ?? word;
}

/** Who or what decided, newest first. */
export function DecisionLog({ log }: { log: RolloutLogEntry[] }) {
  if (log.length === 0) return <p className="px-3 py-4 text-sm text-muted-foreground">Nothing decided yet.</p>;
  const entries = [...log].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ol>
      {entries.map((entry, i) => (
        <li key={i} className="flex gap-2.5 border-b px-3 py-2 text-sm last:border-b-0">
          <StatusShape kind={kindOf(entry.action)} className="mt-1" />
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-medium">{wordOf(entry.action)}</span>
              <span className="caption min-w-0 truncate">
                <Actor actor={entry.actor} />
              </span>
              <span className="caption ml-auto">
                <Time at={entry.at} />
              </span>
            </p>
            {entry.detail && <p className="break-words text-muted-foreground">{tied(entry.detail)}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
