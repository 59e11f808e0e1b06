import { Wrench } from "lucide-react";
import { useState } from "react";
import type { Finding, Plan, Repair } from "@/api/types";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { applyRepair, sortFindings } from "@/features/pins/plan";
import { PlanChanges } from "@/features/pins/plan-changes";
import { cn } from "@/lib/cn";
import { SEVERITY } from "@/lib/status";

interface FindingsPanelProps {
  findings: Finding[];
  plan: Plan;
  readOnly: boolean;
  onPoint: (gpios: number[]) => void;
  onRepair: (repair: Repair) => void;
  onAccept: (finding: Finding, reason: string) => void;
  onWithdraw: (finding: Finding) => void;
}

/** Worst first: what, why, where it is written, and a press that mends it. */
export function FindingsPanel({ findings, plan, readOnly, onPoint, onRepair, onAccept, onWithdraw }: FindingsPanelProps) {
  if (findings.length === 0) {
    return (
      <p className="flex items-center gap-2 px-3 py-4 text-sm text-muted-foreground">
        <StatusShape kind="confirmed" /> Nothing against this plan.
      </p>
    );
  }
  return (
    <ul>
      {sortFindings(findings).map((finding, i) => (
        <FindingItem key={`${finding.rule}-${finding.gpios.join("-")}-${i}`} finding={finding} plan={plan} readOnly={readOnly} onPoint={onPoint} onRepair={onRepair} onAccept={onAccept} onWithdraw={onWithdraw} />
      ))}
    </ul>
  );
}

type ItemProps = Omit<FindingsPanelProps, "findings"> & { finding: Finding };

function FindingItem({ finding, plan, readOnly, onPoint, onRepair, onAccept, onWithdraw }: ItemProps) {
  const [accepting, setAccepting] = useState(false);
  const [reason, setReason] = useState("");
  const [previewed, setPreviewed] = useState<Repair | null>(null);
  const mark = SEVERITY[finding.severity];
  const accepted = finding.overridden !== null;
  return (
    <li
      data-testid="finding"
      data-rule={finding.rule}
      data-severity={finding.severity}
      className={cn("border-b px-3 py-2.5 text-sm last:border-b-0 hover:bg-raised/60", accepted && "text-muted-foreground")}
      onMouseEnter={() => onPoint(finding.gpios)}
      onMouseLeave={() => onPoint([])}
    >
      <p className="flex items-center gap-1.5 text-xs">
        <StatusShape kind={accepted ? "silent" : mark.kind} />
        <span className="font-semibold">{accepted ? "accepted" : mark.word}</span>
        <span className="text-muted-foreground">{finding.class}</span>
        <span className="num ml-auto text-muted-foreground">{finding.rule}</span>
      </p>
      <p className="mt-1 break-words">{finding.message}</p>
      <p className="mt-1 flex flex-wrap gap-1">
        {finding.gpios.map((gpio) => (
          <button key={gpio} type="button" className="num rounded-sm border px-1 text-xs hover:bg-border pointer-coarse:min-h-10 pointer-coarse:px-3" onFocus={() => onPoint([gpio])} onBlur={() => onPoint([])} onClick={() => document.querySelector<SVGGElement>(`[data-gpio="${gpio}"]`)?.focus()}>
            GPIO{gpio}
          </button>
        ))}
      </p>
      {finding.source !== "" && <p className="caption mt-1 break-words">Source: {finding.source}</p>}
      {accepted && <p className="mt-1">Reason: {finding.overridden}</p>}
      {!readOnly && (
        <div className="mt-1.5 flex flex-wrap items-center gap-1.5">
          {!accepted &&
            finding.repairs
              .filter((repair) => repair.kind !== "override")
              .map((repair, i) => (
                <Button key={i} size="sm" variant="outline" className="h-auto min-h-7 max-w-full shrink py-0.5 text-left whitespace-normal pointer-coarse:h-auto pointer-coarse:min-h-10" onClick={() => onRepair(repair)} onMouseEnter={() => setPreviewed(repair)} onMouseLeave={() => setPreviewed(null)} onFocus={() => setPreviewed(repair)} onBlur={() => setPreviewed(null)}>
                  <Wrench /> {repair.label}
                </Button>
              ))}
          {accepted ? (
            <Button size="sm" variant="ghost" onClick={() => onWithdraw(finding)}>
              No longer accept
            </Button>
          ) : (
            !accepting && (
              <Button size="sm" variant="ghost" onClick={() => setAccepting(true)}>
                Accept …
              </Button>
            )
          )}
        </div>
      )}
      {previewed && (
        <div role="status" aria-label="What the repair changes" className="mt-2 rounded-md border border-dashed p-2">
          <PlanChanges before={plan} after={applyRepair(plan, previewed)} same="It changes nothing." />
        </div>
      )}
      {accepting && (
        <form
          className="mt-2 flex gap-1.5"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() === "") return;
            onAccept(finding, reason.trim());
            setAccepting(false);
          }}
        >
          <Input aria-label="Why it is fine here" placeholder="Why it is fine here" autoFocus maxLength={256} value={reason} onChange={(event) => setReason(event.target.value)} />
          <Button type="submit" size="sm" variant="outline" className="h-8" disabled={reason.trim() === ""}>
            Accept
          </Button>
        </form>
      )}
    </li>
  );
}
