import { useQuery } from "@tanstack/react-query";
import { Redo2, Save, Undo2 } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { board as boardQuery } from "@/api/queries";
import type { Board, Plan } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BoardDrawing } from "@/features/pins/board-drawing";
import { CodeDrawer } from "@/features/pins/code-drawer";
import { FindingsPanel } from "@/features/pins/findings-panel";
import type { Signal } from "@/features/pins/functions";
import { PinDetails } from "@/features/pins/pin-details";
import { BootTheatre } from "@/features/pins/boot-theatre";
import { PlanTools } from "@/features/pins/plan-tools";
import { PlacePanel } from "@/features/pins/place-panel";
import * as edit from "@/features/pins/plan";
import { check, suggest } from "@/features/pins/queries";
import { UsesTable } from "@/features/pins/uses-table";
import { useDebounced, useFrame, useMay, useMediaQuery } from "@/lib/hooks";

interface PinWorkbenchProps {
  saved: Plan;
  fixedBoard: string;
  /** Keeps the plan; resolves when it is kept. */
  onSave: (plan: Plan) => Promise<unknown>;
  saveLabel?: string;
  /** A scratch plan is always worth saving; a project's only when it differs. */
  scratch?: boolean;
  onPlan?: (plan: Plan) => void;
  /** Where a plan for another board goes; without it the project takes it over. */
  onOtherBoard?: (plan: Plan) => void;
}

export function PinWorkbench(props: PinWorkbenchProps) {
  const query = useQuery(boardQuery(props.fixedBoard));
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton className="h-[600px]" />;
  return <Workbench key={query.data.id} board={query.data} {...props} />;
}

function Workbench({ board, saved, onSave, saveLabel = "Save plan", scratch = false, onPlan, onOtherBoard }: PinWorkbenchProps & { board: Board }) {
  const may = useMay("projects.write");
  const readOnly = !may.allowed;
  // On a phone the field lies below the board, and its keyboard would cover both.
  const roomy = useMediaQuery("(min-width: 1024px)");
  const [history, setHistory] = useState(() => edit.begin(saved));
  const [base, setBase] = useState(saved);
  const [selected, setSelected] = useState<number | null>(null);
  const [armed, setArmed] = useState<Signal | null>(null);
  const [peeked, setPeeked] = useState<Signal | null>(null);
  const [pointed, setPointed] = useState<ReadonlySet<number>>(() => new Set());
  const [saving, setSaving] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const [tab, setTab] = useState("uses");
  const [codeWanted, setCodeWanted] = useState(0);
  const plan = history.present;
  const dirty = !edit.samePlan(plan, base);

  // Somebody else saved: take it over, unless there is work of one's own here.
  if (!edit.samePlan(saved, base) && !dirty) {
    setBase(saved);
    setHistory(edit.begin(saved));
  }
  useEffect(() => onPlan?.(plan), [plan, onPlan]);

  const settled = useFrame(plan);
  const checked = useQuery(check(settled));
  const findings = useMemo(() => checked.data?.findings ?? [], [checked.data]);
  const looking = useDebounced(armed ?? peeked, 60);
  const hoveredUse = useDebounced(hovered === null || armed !== null || peeked !== null ? null : hovered, 200);
  const alternatives = useQuery({ ...suggest(settled, hoveredUse ?? 0), enabled: hoveredUse !== null && hoveredUse < settled.uses.length });
  const suggested = useQuery({ ...suggest(settled, looking ?? { function: "gpio" }), enabled: looking !== null });
  const candidates = looking !== null && (armed ?? peeked) !== null ? (suggested.data ?? null) : hovered !== null && hoveredUse === hovered ? (alternatives.data ?? null) : null;

  const change = useCallback((next: (plan: Plan) => Plan) => setHistory((old) => edit.commit(old, next(old.present))), []);
  const assign = useCallback(
    (signal: Signal, gpio: number) => {
      if (plan.uses.length >= edit.MAX_USES) {
        toast.error(`A plan holds at most ${edit.MAX_USES} uses.`);
        return;
      }
      const at = plan.uses.findIndex((use) => edit.nameOf(use) === edit.nameOf(signal));
      // A numbered peripheral's signal exists once: placing it again moves it. Parts may come several times.
      const unique = signal.signal !== undefined && /\d$/.test(signal.function);
      change((old) => (at >= 0 && unique ? edit.moveUse(old, at, gpio) : edit.addUse(old, { gpio, ...signal })));
      setArmed(null);
      setPeeked(null);
    },
    [change, plan.uses],
  );
  const pick = (signal: Signal) => {
    if (selected !== null) {
      assign(signal, selected);
      setSelected(null);
    } else setArmed((old) => (old && edit.nameOf(old) === edit.nameOf(signal) ? null : signal));
  };
  const best = armed !== null && looking === armed ? (suggested.data?.[0]?.gpio ?? null) : null;
  const placeBest = () => {
    if (armed && best !== null) assign(armed, best);
  };

  const save = useCallback(async () => {
    setSaving(true);
    try {
      await onSave(plan);
      setBase(plan);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "The plan could not be saved.");
    } finally {
      setSaving(false);
    }
  }, [onSave, plan]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      const key = event.key.toLowerCase();
      if (event.key === "Escape") {
        setArmed(null);
        setSelected(null);
      }
      if (!(event.ctrlKey || event.metaKey)) return;
      if (event.key === "Enter" && !(event.target instanceof HTMLElement && event.target.closest("[role=dialog]"))) {
        event.preventDefault();
        setTab("code");
        setCodeWanted((count) => count + 1);
      }
      if (key === "s") {
        event.preventDefault();
        if (!readOnly && (dirty || scratch)) void save();
      } else if (!typing && !readOnly && (key === "z" || key === "y")) {
        event.preventDefault();
        setHistory(key === "y" || event.shiftKey ? edit.redo : edit.undo);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [readOnly, dirty, scratch, save]);

  const point = (gpios: number[]) => setPointed(new Set(gpios));
  const remove = (index: number) => change((old) => edit.removeUse(old, index));
  const { errors = 0, warnings = 0, infos = 0 } = checked.data ?? {};

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex items-center gap-4 text-sm" role="status" aria-label={`${errors} errors, ${warnings} warnings, ${infos} notes`}>
          <Tally kind={errors > 0 ? "failed" : "confirmed"} value={errors} word={errors === 1 ? "error" : "errors"} />
          <Tally kind="warning" value={warnings} word={warnings === 1 ? "warning" : "warnings"} />
          <Tally kind="waiting" value={infos} word={infos === 1 ? "note" : "notes"} />
        </div>
        <label className="flex items-center gap-2 text-sm" title="ADC2 and the Wi-Fi driver share hardware on some chips.">
          <Checkbox checked={plan.wifi === true} disabled={readOnly} onCheckedChange={(value) => change((old) => ({ ...old, wifi: value === true }))} />
          uses Wi-Fi
        </label>
        <PlanTools
          plan={plan}
          saved={scratch ? { board: board.id, uses: [] } : base}
          board={board.id}
          readOnly={readOnly}
          onPlan={(next) => change(() => next)}
          onOtherBoard={onOtherBoard ?? ((next) => void onSave(next).catch((error: unknown) => toast.error(error instanceof Error ? error.message : "The plan could not be saved.")))}
          otherBoardAction={onOtherBoard ? "Go on with it on that board" : "Take it over and save"}
        />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {dirty && <span className="caption">unsaved</span>}
          <Button variant="outline" size="icon" aria-label="Undo" title="Undo (Ctrl Z)" disabled={readOnly || history.past.length === 0} onClick={() => setHistory(edit.undo)}>
            <Undo2 />
          </Button>
          <Button variant="outline" size="icon" aria-label="Redo" title="Redo (Ctrl Shift Z)" disabled={readOnly || history.future.length === 0} onClick={() => setHistory(edit.redo)}>
            <Redo2 />
          </Button>
          <AllowedButton needs="projects.write" disabled={saving || (!dirty && !scratch)} onClick={() => void save()} title="Ctrl S">
            <Save /> {saving ? "Saving …" : saveLabel}
          </AllowedButton>
        </div>
      </div>
      {checked.isError && <ErrorPanel error={checked.error} retry={() => void checked.refetch()} />}

      <div className="grid grid-cols-[236px_minmax(0,1fr)_330px] gap-3 max-xl:grid-cols-[minmax(0,1fr)_320px] max-lg:grid-cols-1">
        <Card title="Place" className="max-h-[720px] max-xl:order-2 max-xl:max-h-96 max-xl:col-span-full" bodyClassName="flex min-h-0 flex-col">
          <PlacePanel autoFocus={scratch && roomy} board={board} plan={plan} readOnly={readOnly} armed={armed} best={best} selected={selected} onPeek={setPeeked} onPick={pick} onPlaceBest={placeBest} onDisarm={() => setArmed(null)} />
        </Card>
        <Card title={board.name} bodyClassName="flex flex-col" action={<Legend />}>
          <div className="p-2">
            <BoardDrawing
              board={board}
              plan={plan}
              findings={findings}
              selected={selected}
              pointed={pointed}
              candidates={candidates}
              origin={armed === null && peeked === null && hovered !== null ? (plan.uses[hovered]?.gpio ?? null) : null}
              onHover={(gpio) => {
                const index = plan.uses.findIndex((use) => use.gpio === gpio);
                setHovered(index < 0 ? null : index);
              }}
              onSelect={(gpio) => {
                if (armed !== null && !readOnly) assign(armed, gpio);
                else setSelected(gpio === selected ? null : gpio);
              }}
              onDropUse={(gpio) => armed !== null && assign(armed, gpio)}
            />
          </div>
          {selected !== null && <PinDetails board={board} plan={plan} gpio={selected} readOnly={readOnly} onAssign={assign} onRemove={remove} onMove={(index, gpio) => { change((old) => edit.moveUse(old, index, gpio)); setSelected(gpio); }} onPoint={point} onClose={() => setSelected(null)} />}
        </Card>
        <Card title="Findings" note={checked.isFetching ? "checking …" : undefined} className="max-h-[720px] max-lg:max-h-none" bodyClassName="min-h-0 overflow-y-auto">
          {checked.isPending ? (
            <Skeleton className="m-3 h-24" />
          ) : (
            <FindingsPanel
              findings={findings}
              plan={settled}
              readOnly={readOnly}
              onPoint={point}
              onRepair={(repair) => change((old) => edit.applyRepair(old, repair))}
              onAccept={(finding, reason) => change((old) => edit.acceptFinding(old, finding, reason))}
              onWithdraw={(finding) => change((old) => edit.withdrawAcceptance(old, finding))}
            />
          )}
        </Card>
      </div>

      <section aria-label="Uses and code" className="rounded-md border bg-card">
        <Tabs value={tab} onValueChange={setTab}>
          <TabsList className="flex-wrap px-1">
            <TabsTrigger value="uses">
              Uses <span className="num text-xs text-muted-foreground">{plan.uses.length}</span>
            </TabsTrigger>
            <TabsTrigger value="boot">Boot</TabsTrigger>
            <TabsTrigger value="code" title="Ctrl Enter">Export</TabsTrigger>
            {board.notes.length > 0 && <TabsTrigger value="notes">About the board</TabsTrigger>}
          </TabsList>
          <TabsContent value="uses">
            <UsesTable
              board={board}
              plan={plan}
              readOnly={readOnly}
              onPoint={point}
              onChange={(index, use) => change((old) => edit.changeUse(old, index, use))}
              onMove={(index, gpio) => change((old) => edit.moveUse(old, index, gpio))}
              onRemove={remove}
            />
          </TabsContent>
          <TabsContent value="boot">
            <BootTheatre plan={settled} readOnly={readOnly} onPoint={point} onRepair={(repair) => change((old) => edit.applyRepair(old, repair))} />
          </TabsContent>
          <TabsContent value="code">
            <CodeDrawer plan={settled} saved={scratch ? null : base} wanted={codeWanted} />
          </TabsContent>
          <TabsContent value="notes">
            <ul className="list-disc px-3 py-3 pl-8 text-sm">
              {board.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </TabsContent>
        </Tabs>
      </section>
    </div>
  );
}

function Tally({ kind, value, word }: { kind: "failed" | "confirmed" | "warning" | "waiting"; value: number; word: string }) {
  return (
    <span className={value === 0 ? "flex items-center gap-1.5 text-muted-foreground" : "flex items-center gap-1.5"}>
      <StatusShape kind={kind} />
      <span className="num font-semibold">{value}</span> {word}
    </span>
  );
}

function Legend() {
  return (
    <span className="caption flex flex-wrap gap-x-3 max-md:hidden" aria-hidden>
      <span className="flex items-center gap-1">
        <StatusShape kind="confirmed" className="size-2.5" /> used
      </span>
      <span className="flex items-center gap-1">
        <StatusShape kind="waiting" className="size-2.5" /> free
      </span>
      <span className="flex items-center gap-1">
        <StatusShape kind="silent" className="size-2.5" /> reserved
      </span>
    </span>
  );
}
