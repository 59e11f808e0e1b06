import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Package, Plus, Rocket, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { toast } from "sonner";
import { api } from "@/api/client";
import { devices as devicesQuery, releases } from "@/api/queries";
import type { Release, RolloutPreview, RolloutRequest } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { CardSkeleton } from "@/components/ui/skeleton";
import { GateEditor, NumberInput } from "@/features/rollouts/gate-editor";
import { useCreateRollout } from "@/features/rollouts/queries";
import { RolloutPreviewCard } from "@/features/rollouts/rollout-preview";
import { MAX_STAGES, PRESETS, defaultStages, toRequest, validateStages, type StageDraft } from "@/features/rollouts/stages";
import { useDebounced } from "@/lib/hooks";
import { plural, wholeDuration } from "@/lib/format";

export function RolloutNew() {
  const query = useQuery(releases());
  const { release } = useSearch({ from: "/rollouts/new" });
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (query.isPending) {
    return (
      <Page>
        <CardSkeleton className="h-64" />
      </Page>
    );
  }
  if (query.data.length === 0) {
    return (
      <Page>
        <PageHeader title="New rollout" />
        <Empty
          icon={Package}
          title="There is no release to roll out"
          action={
            <Button asChild>
              <Link to="/releases" search={{ new: true }}>
                Sign a release
              </Link>
            </Button>
          }
        >
          Build a project, then release its image; devices take nothing unsigned.
        </Empty>
      </Page>
    );
  }
  return <Form all={query.data} chosen={release} />;
}

function Form({ all, chosen }: { all: Release[]; chosen: string | undefined }) {
  const navigate = useNavigate();
  const [releaseId, setReleaseId] = useState(all.find((r) => r.id === chosen)?.id ?? all[0]?.id ?? "");
  const release = all.find((r) => r.id === releaseId);
  const [name, setName] = useState("");
  const [stages, setStages] = useState<StageDraft[]>(() => defaultStages());
  const [editing, setEditing] = useState(0);
  const [same, setSame] = useState(true);
  const [tags, setTags] = useState("");
  const [group, setGroup] = useState("");
  const [board, setBoard] = useState("");
  const [currentVersion, setCurrentVersion] = useState("");
  const [start, setStart] = useState(true);
  const known = useQuery(devicesQuery({ product: release?.product })).data;
  const choices = useMemo(
    () => ({
      groups: [...new Set(known?.map((d) => d.group).filter((g): g is string => Boolean(g)))].sort(),
      boards: [...new Set(known?.map((d) => d.board).filter((b): b is string => Boolean(b)))].sort(),
      versions: [...new Set(known?.map((d) => d.version).filter((v): v is string => Boolean(v)))].sort(),
    }),
    [known],
  );
  const problems = validateStages(stages);
  const create = useCreateRollout();

  const request = useMemo<RolloutRequest>(
    () => ({
      releaseId,
      start: false,
      ...(name.trim() ? { name: name.trim() } : {}),
      stages: toRequest(stages),
      filter: {
        tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean),
        group: group || null,
        board: board || null,
        currentVersion: currentVersion || null,
      },
    }),
    [releaseId, name, stages, tags, group, board, currentVersion],
  );
  const settled = useDebounced(request, 250);
  const preview = useQuery({
    queryKey: ["rollout-preview", settled],
    queryFn: () => api.post<RolloutPreview>("rollouts/preview", settled),
    enabled: problems.length === 0 && releaseId !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });

  const setStage = (index: number, change: Partial<StageDraft>) =>
    setStages((old) => old.map((stage, i) => (i === index ? { ...stage, ...change } : same && change.gate ? { ...stage, gate: change.gate } : stage)));
  const addStage = () =>
    setStages((old) => {
      const last = old[old.length - 1];
      const before = old[old.length - 2]?.percent ?? 0;
      if (!last) return defaultStages();
      const middle = Math.max(before + 1, Math.floor((before + 100) / 2));
      return [...old.slice(0, -1), { percent: Math.min(99, middle), gate: { ...last.gate } }, last];
    });

  const submit = () => {
    if (problems.length > 0) return;
    create.mutate(
      { ...request, start },
      {
        onSuccess: (rollout) => {
          toast.success(start ? `${rollout.name} has started` : `${rollout.name} is ready to start`);
          void navigate({ to: "/rollouts/$rolloutId", params: { rolloutId: rollout.id }, search: {} });
        },
      },
    );
  };
  const first = preview.data?.stages[0]?.size ?? 0;
  const edited = stages[editing] ?? stages[0];

  return (
    <Page>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <PageHeader
          title="New rollout"
          about="The devices of every stage are fixed when it is created; nobody moves afterwards."
          action={
            <>
              <label className="mr-2 flex items-center gap-2 text-sm pointer-coarse:h-10">
                <Checkbox checked={start} onCheckedChange={(value) => setStart(value === true)} /> Start now
              </label>
              <AllowedButton
                needs="rollouts.manage"
                type="submit"
                disabled={create.isPending}
                blocked={problems.length > 0 ? "Correct the stages first." : preview.data?.devices === 0 ? "No device matches." : undefined}
              >
                <Rocket /> {start ? `Start with ${plural(first, "device")}` : "Create as a draft"}
              </AllowedButton>
            </>
          }
        />
        {create.isError && <ErrorPanel error={create.error} />}
        <div className="grid grid-cols-[minmax(0,1fr)_340px] gap-4 max-xl:grid-cols-1">
          <div className="flex min-w-0 flex-col gap-4">
            <Card title="What">
              <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
                <Field label="Release">
                  {(field) => (
                    <Select {...field} className="font-mono" value={releaseId} onChange={(event) => setReleaseId(event.target.value)}>
                      {all.map((r) => (
                        <option key={r.id} value={r.id}>
                          {r.product} {r.version} ({r.chip}, sequence {r.sequence})
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
                <Field label="Name" hint="Typed again before anything destructive. Optional.">
                  {(field) => <Input {...field} maxLength={80} placeholder={release ? `${release.product} ${release.version}` : ""} value={name} onChange={(event) => setName(event.target.value)} />}
                </Field>
              </div>
            </Card>

            <Card title="To whom" note={release ? `devices of ${release.product} on ${release.chip}; empty means any` : undefined}>
              <div className="grid grid-cols-4 gap-4 max-lg:grid-cols-2">
                <Field label="Tags" hint="All of them, by comma.">
                  {(field) => <Input {...field} placeholder="any" value={tags} onChange={(event) => setTags(event.target.value)} />}
                </Field>
                <Choice label="Group" value={group} onChange={setGroup} options={choices.groups} />
                <Choice label="Board" value={board} onChange={setBoard} options={choices.boards} />
                <Choice label="Running version" value={currentVersion} onChange={setCurrentVersion} options={choices.versions} />
              </div>
            </Card>

            <Card
              title="Stages"
              note="cumulative share of the cohort"
              action={
                <div className="flex flex-wrap gap-1" role="group" aria-label="Presets">
                  {PRESETS.map((preset) => (
                    <Button
                      key={preset.id}
                      variant="outline"
                      size="sm"
                      title={preset.about}
                      onClick={() => {
                        setStages(preset.stages());
                        setEditing(0);
                      }}
                    >
                      {preset.name}
                    </Button>
                  ))}
                </div>
              }
            >
              <ol className="flex flex-col gap-1" aria-label="Stages">
                {stages.map((stage, i) => {
                  const bad = problems.find((p) => p.stage === i && p.field === "percent");
                  const size = preview.data?.stages[i];
                  return (
                    <li key={i} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                      <span className="w-16 text-sm text-muted-foreground">Stage {i + 1}</span>
                      <div className="flex w-24 items-center gap-1">
                        <NumberInput
                          id={`stage-${i}-percent`}
                          aria-label={`Stage ${i + 1} percent`}
                          {...(bad ? { "aria-invalid": true as const } : {})}
                          value={stage.percent}
                          onChange={(percent) => setStage(i, { percent })}
                        />
                        <span className="text-sm">%</span>
                      </div>
                      <span className="num w-24 text-sm max-sm:flex-1">{size && problems.length === 0 ? plural(size.size, "device") : ""}</span>
                      <span className="caption min-w-0 flex-1 max-sm:order-last max-sm:basis-full max-sm:pb-1 max-sm:pl-19">
                        {bad ? (
                          <span className="text-destructive">{bad.message}</span>
                        ) : (
                          <>
                            soak {wholeDuration(stage.gate.soakSeconds)}, at most {Math.round(stage.gate.maximumFailureRate * 1000) / 10}% failures
                          </>
                        )}
                      </span>
                      {!same && (
                        <Button variant={editing === i ? "outline" : "ghost"} size="sm" aria-pressed={editing === i} onClick={() => setEditing(i)}>
                          Gate
                        </Button>
                      )}
                      <Button variant="ghost" size="icon-sm" aria-label={`Remove stage ${i + 1}`} disabled={stages.length === 1} onClick={() => setStages((old) => old.filter((_, at) => at !== i))}>
                        <Trash2 />
                      </Button>
                    </li>
                  );
                })}
              </ol>
              <Button variant="ghost" size="sm" className="mt-2" disabled={stages.length >= MAX_STAGES} onClick={addStage}>
                <Plus /> Add a stage
              </Button>
            </Card>

            <Card
              title={same ? "Gate of every stage" : `Gate of stage ${editing + 1}`}
              note="what must hold before the next one is admitted"
              action={
                <label className="flex items-center gap-2 text-sm pointer-coarse:h-10">
                  <Checkbox checked={same} onCheckedChange={(value) => setSame(value === true)} /> Same for all
                </label>
              }
            >
              {edited && <GateEditor key={`${editing}-${same}-${stages.length}`} gate={edited.gate} onChange={(gate) => setStage(editing, { gate })} problems={problems.filter((p) => p.stage === editing)} />}
            </Card>
          </div>
          <RolloutPreviewCard preview={preview.data} error={preview.error} invalid={problems.length > 0} product={release?.product} />
        </div>
      </form>
    </Page>
  );
}

function Choice({ label, value, onChange, options }: { label: string; value: string; onChange: (value: string) => void; options: string[] }) {
  return (
    <Field label={label}>
      {(field) => (
        <Select {...field} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">any</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
