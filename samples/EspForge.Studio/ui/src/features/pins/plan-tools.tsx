import { ArrowLeftRight, FileInput, GitCompare, Wand2 } from "lucide-react";
import { useState } from "react";
import type { Plan } from "@/api/types";
import { Button } from "@/components/ui/button";
import { CompareDialog } from "@/features/pins/compare-dialog";
import { ImportDialog } from "@/features/pins/import-dialog";
import { PortDialog } from "@/features/pins/port-dialog";
import { SolveDialog } from "@/features/pins/solve-dialog";

interface PlanToolsProps {
  plan: Plan;
  saved: Plan;
  board: string;
  readOnly: boolean;
  onPlan: (plan: Plan) => void;
  /** Where a plan for another board goes. */
  onOtherBoard: (plan: Plan) => void;
  otherBoardAction: string;
}

/** What works on the plan as a whole. Each is one step of undo. */
export function PlanTools({ plan, saved, board, readOnly, onPlan, onOtherBoard, otherBoardAction }: PlanToolsProps) {
  const [open, setOpen] = useState<"solve" | "port" | "compare" | "import" | null>(null);
  const close = () => setOpen(null);
  const take = (next: Plan) => {
    onPlan(next);
    close();
  };
  return (
    <div className="flex flex-wrap gap-1.5" role="group" aria-label="The whole plan">
      <Button variant="outline" size="sm" disabled={readOnly} onClick={() => setOpen("solve")}>
        <Wand2 /> Plan for me
      </Button>
      <Button variant="outline" size="sm" disabled={readOnly} onClick={() => setOpen("import")}>
        <FileInput /> Import
      </Button>
      <Button variant="outline" size="sm" onClick={() => setOpen("compare")}>
        <GitCompare /> Compare
      </Button>
      <Button variant="outline" size="sm" disabled={readOnly || plan.uses.length === 0} onClick={() => setOpen("port")}>
        <ArrowLeftRight /> Port
      </Button>
      {open === "solve" && <SolveDialog plan={plan} onApply={take} onClose={close} />}
      {open === "import" && <ImportDialog board={board} onTake={take} onClose={close} />}
      {open === "compare" && <CompareDialog plan={plan} saved={saved} onClose={close} />}
      {open === "port" && (
        <PortDialog
          plan={plan}
          action={otherBoardAction}
          onClose={close}
          onPort={(next) => {
            onOtherBoard(next);
            close();
          }}
        />
      )}
    </div>
  );
}
