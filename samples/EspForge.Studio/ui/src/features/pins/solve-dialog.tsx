import { useMutation } from "@tanstack/react-query";
import { Plus, Trash2, Wand2 } from "lucide-react";
import { useState } from "react";
import type { Placement, Plan, Solution } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { NEED_KINDS, needProblem, parseNeeds, toNeed, type NeedRow } from "@/features/pins/needs";
import { PlanChanges } from "@/features/pins/plan-changes";
import { solve } from "@/features/pins/queries";

interface SolveDialogProps {
  plan: Plan;
  onApply: (plan: Plan) => void;
  onClose: () => void;
}

type Keep = "stay" | "locked" | "free";

/** Say what is needed; get the best pins for it, and the proof, or the smallest set that clashes. */
export function SolveDialog({ plan, onApply, onClose }: SolveDialogProps) {
  const [rows, setRows] = useState<NeedRow[]>([]);
  const [next, setNext] = useState(1);
  const [text, setText] = useState("");
  const [keep, setKeep] = useState<Keep>("stay");
  const run = useMutation({
    mutationFn: (wanted: NeedRow[]) => {
      const used = [...new Set(plan.uses.map((use) => use.gpio))];
      return solve({ plan, needs: wanted.map(toNeed), locked: keep === "locked" ? used : [], free: keep === "free" ? used : [] });
    },
    meta: { inline: true },
  });
  const withText = () => {
    const more = parseNeeds(text).map((row, i) => ({ ...row, id: next + i }));
    setNext(next + more.length);
    setText("");
    const all = [...rows, ...more];
    setRows(all);
    return all;
  };
  const set = (id: number, change: Partial<NeedRow>) => {
    run.reset();
    setRows((old) => old.map((row) => (row.id === id ? { ...row, ...change } : row)));
  };
  const problems = rows.map(needProblem);
  const find = () => {
    const all = text.trim() === "" ? rows : withText();
    if (all.length > 0 && all.every((row) => needProblem(row) === null)) run.mutate(all);
  };
  const solution = run.data;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Plan for me" description="Say what the board has to do. Of all plans without an error you get the best one, and why it is." className="max-w-2xl">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            if (solution?.plan && text.trim() === "") onApply(solution.plan);
            else find();
          }}
        >
          <DialogBody>
            <Field label="What do you need?" hint="Names with commas, then Enter: i2c, 2 uart, pwm x4, adc, sdcard. Other words are parts on plain GPIO.">
              {(field) => (
                <Input
                  {...field}
                  value={text}
                  maxLength={500}
                  autoComplete="off"
                  onChange={(event) => {
                    setText(event.target.value);
                    run.reset();
                  }}
                />
              )}
            </Field>
            {rows.length > 0 && (
              <ul aria-label="Needs" className="flex flex-col gap-2">
                {rows.map((row, i) => (
                  <NeedLine key={row.id} row={row} problem={problems[i] ?? null} onChange={(change) => set(row.id, change)} onRemove={() => { run.reset(); setRows((old) => old.filter((one) => one.id !== row.id)); }} />
                ))}
              </ul>
            )}
            <div className="flex flex-wrap items-end gap-3">
              <Button
                variant="outline"
                onClick={() => {
                  run.reset();
                  setRows((old) => [...old, { id: next, kind: "i2c", count: "1", speedMhz: "", gpio: "", near: "" }]);
                  setNext(next + 1);
                }}
              >
                <Plus /> Add a need
              </Button>
              {plan.uses.length > 0 && (
                <Field label={`The ${plan.uses.length} uses already placed`} className="min-w-0 flex-1 basis-56">
                  {(field) => (
                    <Select {...field} value={keep} onChange={(event) => { run.reset(); setKeep(event.target.value as Keep); }}>
                      <option value="stay">are soldered: stay where they are</option>
                      <option value="locked">may move if nothing else helps</option>
                      <option value="free">may move freely</option>
                    </Select>
                  )}
                </Field>
              )}
            </div>
            {run.isError && <ErrorPanel error={run.error} />}
            {run.isPending && <p role="status" className="text-sm text-muted-foreground">Looking …</p>}
            {solution && <SolutionView solution={solution} plan={plan} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            {solution?.plan ? (
              <Button type="submit">Apply the plan</Button>
            ) : (
              <Button type="submit" disabled={run.isPending || (rows.length === 0 && text.trim() === "") || problems.some((problem) => problem !== null)}>
                <Wand2 /> Find the best pins
              </Button>
            )}
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

interface NeedLineProps {
  row: NeedRow;
  problem: string | null;
  onChange: (change: Partial<NeedRow>) => void;
  onRemove: () => void;
}

function NeedLine({ row, problem, onChange, onRemove }: NeedLineProps) {
  const known = NEED_KINDS.find((one) => one.kind === row.kind);
  const about = `need-${row.id}`;
  return (
    <li className="rounded-md border p-2">
      <div className="grid grid-cols-[minmax(0,1fr)_64px_auto] items-center gap-2 sm:grid-cols-[minmax(0,1fr)_64px_92px_92px_92px_auto]">
        <Select aria-label="What" value={row.kind} aria-describedby={about} onChange={(event) => onChange({ kind: event.target.value })}>
          {!known && <option value={row.kind}>{row.kind} (a part)</option>}
          {NEED_KINDS.map((one) => (
            <option key={one.kind} value={one.kind}>
              {one.word}
            </option>
          ))}
        </Select>
        <Input aria-label="How many" className="num" inputMode="numeric" value={row.count} onChange={(event) => onChange({ count: event.target.value })} />
        <Button variant="ghost" size="icon" aria-label={`Remove ${known?.word ?? row.kind}`} className="sm:order-last" onClick={onRemove}>
          <Trash2 />
        </Button>
        <Input aria-label="Clock in MHz" placeholder="MHz" disabled={known?.speed !== true} className="num max-sm:col-span-1" inputMode="decimal" value={row.speedMhz} onChange={(event) => onChange({ speedMhz: event.target.value })} />
        <Input aria-label="Only on these GPIOs" placeholder="GPIO" className="num" value={row.gpio} onChange={(event) => onChange({ gpio: event.target.value })} />
        <Input aria-label="Near a GPIO or header" placeholder="near" className="num" value={row.near} onChange={(event) => onChange({ near: event.target.value })} />
      </div>
      <p id={about} role={problem === null ? undefined : "alert"} className={problem === null ? "sr-only" : "mt-1 text-xs text-destructive"}>
        {problem ?? ""}
      </p>
    </li>
  );
}

function SolutionView({ solution, plan }: { solution: Solution; plan: Plan }) {
  if (solution.conflict) {
    return (
      <section role="status" aria-label="Conflict" data-testid="conflict" className="rounded-md border border-failed/60 bg-failed/8 p-3 text-sm">
        <p className="flex items-center gap-1.5 font-semibold">
          <StatusShape kind="failed" /> These cannot be had together
        </p>
        <p className="mt-1 break-words">{solution.conflict.message}</p>
        <ul className="num mt-2 flex flex-wrap gap-1 text-xs">
          {solution.conflict.uses.map((use, i) => (
            <li key={i} className="rounded-sm border px-1.5 py-0.5 break-all">
              {use}
            </li>
          ))}
        </ul>
      </section>
    );
  }
  const moved = solution.placements.filter((placement) => placement.before !== null && placement.before !== placement.gpio);
  const cost = solution.cost;
  return (
    <section role="status" aria-label="The plan" data-testid="solution" className="flex flex-col gap-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="flex items-center gap-1.5 font-semibold">
          <StatusShape kind={solution.optimal ? "confirmed" : "warning"} /> {solution.optimal ? "No legal plan is better: cost and bound are the same" : "A good plan; a better one is not ruled out"}
        </span>
        {cost && (
          <span className="num text-xs text-muted-foreground">
            moved {cost.moved} · risk {cost.risk} · matrix {cost.matrix} · off header {cost.neighbourhood}
          </span>
        )}
      </p>
      {moved.length > 0 && (
        <div>
          <h3 className="text-xs font-semibold text-muted-foreground">What moves</h3>
          <ul className="num text-sm">
            {moved.map((placement) => (
              <li key={placement.name + placement.gpio}>
                {placement.name}: GPIO{placement.before} → GPIO{placement.gpio}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ol aria-label="Placements" className="flex flex-col text-sm">
        {solution.placements.map((placement, i) => (
          <PlacementLine key={i} placement={placement} />
        ))}
      </ol>
      {solution.plan && (
        <details className="text-sm">
          <summary className="cursor-pointer text-muted-foreground">Compared with the plan now</summary>
          <div className="mt-2">
            <PlanChanges before={plan} after={solution.plan} />
          </div>
        </details>
      )}
    </section>
  );
}

function PlacementLine({ placement }: { placement: Placement }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_64px] gap-x-2 border-b py-1 last:border-b-0 sm:grid-cols-[minmax(0,2fr)_64px_minmax(0,5fr)]">
      <span className="num break-words">{placement.name}</span>
      <span className="num font-semibold">GPIO{placement.gpio}</span>
      <span className="caption break-words max-sm:col-span-2">{placement.why}</span>
    </li>
  );
}
