import { useState } from "react";
import type { Plan } from "@/api/types";
import { Dialog, DialogBody, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { PlanChanges } from "@/features/pins/plan-changes";

/** The plan here against the saved one, or against a plan from a file, by meaning. */
export function CompareDialog({ plan, saved, onClose }: { plan: Plan; saved: Plan; onClose: () => void }) {
  const [other, setOther] = useState<{ name: string; plan: Plan } | null>(null);
  const [problem, setProblem] = useState<string | undefined>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    try {
      if (file.size > 65_536) throw new Error("A plan has at most 64 KiB.");
      const read: unknown = JSON.parse(await file.text());
      if (read === null || typeof read !== "object" || !Array.isArray((read as Plan).uses)) throw new Error("The file is no plan: it has no list of uses.");
      setOther({ name: file.name, plan: read as Plan });
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof SyntaxError ? "The file is not JSON." : error instanceof Error ? error.message : "The file could not be read.");
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Compare plans" description={`By meaning: from ${other?.name ?? "the saved plan"} to the plan as it is here.`} className="max-w-2xl">
        <DialogBody>
          <Field label="Compare with a plan file" hint="Or leave it: then with the plan as it was saved." error={problem}>
            {(field) => <input {...field} type="file" accept="application/json,.json" className="w-full min-w-0 text-sm" onChange={(event) => void take(event.target.files?.[0])} />}
          </Field>
          <PlanChanges before={other?.plan ?? saved} after={plan} />
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
