import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Cpu } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { toast } from "sonner";
import { api } from "@/api/client";
import { projects } from "@/api/queries";
import type { Plan, Project } from "@/api/types";
import { BoardPicker } from "@/components/board-picker";
import { ErrorPanel, Page, PageHeader } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { OwnBoards } from "@/features/pins/own-boards";
import { PinWorkbench } from "@/features/pins/pin-workbench";

const KEY = (board: string) => `espforge.plan.${board}`;

/** A draft is kept by the browser until it is saved to a project. */
function draftOf(board: string): Plan {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY(board)) ?? "null");
    if (kept !== null && typeof kept === "object" && Array.isArray((kept as Plan).uses)) return { ...(kept as Plan), board };
  } catch {
    // Not readable: begin with an empty plan.
  }
  return { board, uses: [] };
}

export function PinsPage() {
  const { board } = useSearch({ from: "/pins" });
  const navigate = useNavigate({ from: "/pins" });
  if (board === undefined) {
    return (
      <Page>
        <PageHeader title="Pins" about="Pick a board, put functions on its pins and see what is wrong, and why, before a wire is cut." />
        <Card title="Choose a board" className="max-w-2xl">
          <BoardPicker autoFocus value="" onPick={(picked) => void navigate({ search: { board: picked.id } })} className="[&_[cmdk-list]]:max-h-[50vh]" />
        </Card>
        <OwnBoards onPick={(picked) => void navigate({ search: { board: picked.id } })} />
      </Page>
    );
  }
  return <Scratch key={board} board={board} change={() => void navigate({ search: {} })} go={(next) => void navigate({ search: { board: next } })} />;
}

function Scratch({ board, change, go }: { board: string; change: () => void; go: (board: string) => void }) {
  const [saving, setSaving] = useState<Plan | null>(null);
  const saved = useMemo(() => draftOf(board), [board]);
  const keep = useCallback(
    (plan: Plan) => {
      try {
        localStorage.setItem(KEY(board), JSON.stringify(plan));
      } catch {
        // Without storage the draft lasts as long as the page.
      }
    },
    [board],
  );
  // A plan for another board goes to that board's page, where it is the draft.
  const onOtherBoard = useCallback(
    (plan: Plan) => {
      if (!plan.board) return;
      localStorage.setItem(KEY(plan.board), JSON.stringify(plan));
      go(plan.board);
    },
    [go],
  );
  const onSave = useCallback(async (plan: Plan) => setSaving(plan), []);
  return (
    <Page>
      <PageHeader
        title="Pins"
        about="A plan of its own. Save it to a project to build with it."
        action={
          <Button variant="outline" onClick={change}>
            <Cpu /> Other board
          </Button>
        }
      />
      <PinWorkbench saved={saved} fixedBoard={board} onSave={onSave} saveLabel="Save to a project" scratch onPlan={keep} onOtherBoard={onOtherBoard} />
      {saving && <SaveDialog plan={saving} board={board} onClose={() => setSaving(null)} />}
    </Page>
  );
}

function SaveDialog({ plan, board, onClose }: { plan: Plan; board: string; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const all = useQuery(projects());
  const [target, setTarget] = useState("");
  const [name, setName] = useState("");
  const matching = (all.data ?? []).filter((project) => project.board === board);
  const save = useMutation({
    mutationFn: async () => {
      const id = target === "" ? (await api.post<Project>("projects", { name: name.trim(), board, template: "empty" })).id : target;
      return api.patch<Project>(`projects/${id}`, { plan });
    },
    meta: { inline: true },
    onSuccess: (project) => {
      client.setQueryData(["project", project.id], project);
      void client.invalidateQueries({ queryKey: ["projects"] });
      toast.success(`Saved to ${project.name}`);
      void navigate({ to: "/projects/$projectId", params: { projectId: project.id }, search: { tab: "pins" } });
    },
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Save to a project" description="The plan of the project is replaced; its code includes the new pins.h with the next build.">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (target !== "" || name.trim() !== "") save.mutate();
          }}
        >
          <DialogBody>
            <Field label="Project" hint={matching.length === 0 ? "No project has this board yet." : undefined}>
              {(field) => (
                <Select {...field} value={target} onChange={(event) => setTarget(event.target.value)}>
                  <option value="">A new project</option>
                  {matching.map((project) => (
                    <option key={project.id} value={project.id}>
                      {project.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {target === "" && <Field label="Name">{(field) => <Input {...field} autoFocus required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>}
            {save.isError && <ErrorPanel error={save.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={save.isPending || (target === "" && name.trim() === "")}>
              Save
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
