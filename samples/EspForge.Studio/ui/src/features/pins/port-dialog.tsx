import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BoardSummary, Plan, Port } from "@/api/types";
import { BoardPicker } from "@/components/board-picker";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { port } from "@/features/pins/queries";
import type { StatusKind } from "@/lib/status";

const MARK: Record<Port["changes"][number]["kind"], { kind: StatusKind; word: string }> = {
  lost: { kind: "failed", word: "lost" },
  moved: { kind: "working", word: "moved" },
  instance: { kind: "working", word: "controller" },
  hardware: { kind: "waiting", word: "hardware" },
  warning: { kind: "warning", word: "warning" },
};

interface PortDialogProps {
  plan: Plan;
  onPort: (plan: Plan) => void;
  onClose: () => void;
  /** What taking it over does. */
  action: string;
}

/** The plan on another board: what goes along, what moves, and first of all what is lost. */
export function PortDialog({ plan, onPort, onClose, action }: PortDialogProps) {
  const [target, setTarget] = useState<BoardSummary | null>(null);
  const query = useQuery({ ...port(plan, target?.id ?? ""), enabled: target !== null });
  const lost = query.data?.changes.filter((change) => change.kind === "lost").length ?? 0;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Take the plan to another board" description="Uses keep their label or number where they can; the rest is placed anew with as few moves as can be." className="max-w-2xl">
        <DialogBody>
          <BoardPicker value={target?.id ?? ""} onPick={setTarget} className="[&_[cmdk-list]]:max-h-40" />
          {target !== null && query.isError && <ErrorPanel error={query.error} />}
          {target !== null && query.isPending && <Skeleton className="h-20" />}
          {target !== null && query.data && (
            <section aria-label={`On ${target.name}`} role="status" className="flex flex-col gap-2 text-sm">
              <p className="flex items-center gap-1.5 font-semibold">
                <StatusShape kind={query.data.complete ? "confirmed" : "failed"} />
                {query.data.complete ? `Every use has a pin on ${target.name}` : `${lost} ${lost === 1 ? "use is" : "uses are"} lost on ${target.name}`}
              </p>
              <ul className="flex flex-col gap-1">
                {query.data.changes.map((change, i) => (
                  <li key={i} data-testid="port-change" data-kind={change.kind} className="flex items-start gap-2">
                    <span className="mt-0.5 flex w-24 shrink-0 items-center gap-1.5 text-xs text-muted-foreground">
                      <StatusShape kind={MARK[change.kind].kind} /> {MARK[change.kind].word}
                    </span>
                    <span className="min-w-0 break-words">{change.message}</span>
                  </li>
                ))}
                {query.data.changes.length === 0 && <li className="text-muted-foreground">Nothing is different.</li>}
              </ul>
            </section>
          )}
        </DialogBody>
        <DialogFooter>
          <Button variant="ghost" onClick={onClose}>
            Not now
          </Button>
          <Button disabled={!query.data} onClick={() => query.data && onPort(query.data.plan)}>
            {action}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
