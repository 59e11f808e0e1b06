import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "@/api/error";
import { templates, toolchains } from "@/api/queries";
import type { BoardSummary } from "@/api/types";
import { BoardPicker } from "@/components/board-picker";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useCreateProject } from "@/features/projects/queries";
import { cn } from "@/lib/cn";
import { slug } from "@/lib/format";
import { useMay } from "@/lib/hooks";
import { toolchainName } from "@/lib/toolchains";

export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const list = useQuery(templates());
  const mayTools = useMay("builds.read");
  const ready = new Map(useQuery({ ...toolchains(), enabled: mayTools.allowed }).data?.map((one) => [one.id, one.ready]));
  const [name, setName] = useState("");
  const [product, setProduct] = useState("");
  const [board, setBoard] = useState<BoardSummary | null>(null);
  const [chosen, setChosen] = useState("");
  const template = chosen || (list.data?.[0]?.id ?? "");
  const create = useCreateProject();
  const error = create.error instanceof ApiError ? create.error : null;
  const complete = name.trim() !== "" && board !== null && template !== "";
  const submit = () => {
    if (!complete || board === null) return;
    create.mutate(
      { name: name.trim(), board: board.id, template, ...(product.trim() ? { product: product.trim() } : {}) },
      { onSuccess: (project) => void navigate({ to: "/projects/$projectId", params: { projectId: project.id }, search: {} }) },
    );
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="New project" description="The pins that the template needs are placed for the board; everything can be changed afterwards." className="max-w-2xl">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody>
            <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
              <Field label="Name" error={error?.field("name")}>
                {(field) => <Input {...field} required autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
              </Field>
              <Field label="Product" hint="What devices call themselves; releases are for a product." error={error?.field("product")}>
                {(field) => <Input {...field} className="font-mono" maxLength={31} placeholder={slug(name) || "from the name"} value={product} onChange={(event) => setProduct(event.target.value)} />}
              </Field>
            </div>
            <div className="flex flex-col gap-1">
              <p className="text-sm font-medium">
                Board{board && <span className="ml-2 font-normal text-muted-foreground">{board.name}</span>}
              </p>
              <BoardPicker value={board?.id ?? ""} onPick={setBoard} />
              {error?.field("board") && (
                <p role="alert" className="text-xs text-destructive">
                  {error.field("board")}
                </p>
              )}
            </div>
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 text-sm font-medium">Template</legend>
              <div className="grid grid-cols-3 gap-2 max-sm:grid-cols-1">
                {list.data?.map((entry) => (
                  <label
                    key={entry.id}
                    className={cn("flex cursor-pointer flex-col gap-0.5 rounded-md border px-3 py-2 text-sm hover:bg-raised has-focus-visible:outline-2 has-focus-visible:outline-ring", entry.id === template && "border-foreground bg-raised")}
                  >
                    <input type="radio" name="template" value={entry.id} checked={entry.id === template} onChange={() => setChosen(entry.id)} className="sr-only" />
                    <span className="font-medium">{entry.name}</span>
                    <span className="caption">{entry.description}</span>
                    <span className="caption mt-auto flex items-center gap-1.5 pt-1 text-foreground/80">
                      {ready.get(entry.toolchain) === false && <StatusShape kind="warning" />}
                      {toolchainName(entry.toolchain)}
                      {ready.get(entry.toolchain) === false && ", not installed here"}
                    </span>
                  </label>
                ))}
              </div>
            </fieldset>
            {list.isLoadingError && <ErrorPanel error={list.error} retry={() => void list.refetch()} />}
            {create.isError && <ErrorPanel error={create.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!complete || create.isPending}>
              {create.isPending ? "Creating …" : "Create project"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
