import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { api } from "@/api/client";
import { ApiError } from "@/api/error";
import { chips } from "@/api/queries";
import type { Board } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { EMPTY_FORM, fieldOf, toFile, type BoardForm } from "@/features/pins/board-file";
import { boardSource } from "@/features/pins/queries";

interface BoardDialogProps {
  /** The board to change; null for a new one. */
  id: string | null;
  onSaved: (board: Board) => void;
  onClose: () => void;
}

export function BoardDialog({ id, onSaved, onClose }: BoardDialogProps) {
  const source = useQuery({ ...boardSource(id ?? ""), enabled: id !== null });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={id === null ? "Add a board" : `Change ${id}`} description="Everybody in your organization sees it; nobody else does." className="max-w-2xl">
        {id !== null && source.isError && <ErrorPanel error={source.error} className="m-4" />}
        {id !== null && source.isPending && <Skeleton className="m-4 h-40" />}
        {(id === null || source.data) && <BoardEditor id={id} content={source.data?.content ?? ""} onSaved={onSaved} onClose={onClose} />}
      </DialogContent>
    </Dialog>
  );
}

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function BoardEditor({ id, content, onSaved, onClose }: BoardDialogProps & { content: string }) {
  const client = useQueryClient();
  const [tab, setTab] = useState(id === null ? "form" : "json");
  const [form, setForm] = useState<BoardForm>(EMPTY_FORM);
  const [json, setJson] = useState(() => pretty(content));
  const [syntax, setSyntax] = useState<string | undefined>();
  const save = useMutation({
    mutationFn: (file: unknown) => (id === null ? api.post<Board>("boards", file) : api.put<Board>(`boards/${id}`, file)),
    meta: { inline: true },
    onSuccess: (board) => {
      void client.invalidateQueries({ queryKey: ["boards"] });
      void client.invalidateQueries({ queryKey: ["board", board.id] });
      toast.success(`${board.name} is kept`);
      onClose();
      if (id === null) onSaved(board);
    },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  const detail = refused?.details?.[0];
  const at = detail && tab === "form" ? fieldOf(detail.field, form) : null;
  const set = (change: Partial<BoardForm>) => {
    setForm((old) => ({ ...old, ...change }));
    save.reset();
  };
  const open = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > 262_144) setSyntax("A board file has at most 256 KiB.");
    else {
      setJson(await file.text());
      setSyntax(undefined);
      save.reset();
    }
  };
  const submit = () => {
    if (tab === "form") {
      save.mutate(toFile(form));
      return;
    }
    try {
      const file: unknown = JSON.parse(json);
      setSyntax(undefined);
      save.mutate(file);
    } catch (error) {
      setSyntax(`Not JSON: ${error instanceof Error ? error.message : "it cannot be read"}`);
    }
  };
  const shown = (field: keyof BoardForm) => (at === field ? detail?.message : undefined);
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <DialogBody>
        <Tabs value={tab} onValueChange={(next) => { if (next === "json" && json === "") setJson(JSON.stringify(toFile(form), null, 2)); setTab(next); }}>
          {id === null && (
            <TabsList>
              <TabsTrigger value="form">Form</TabsTrigger>
              <TabsTrigger value="json">JSON</TabsTrigger>
            </TabsList>
          )}
          <TabsContent value="form" className="pt-3">
            <FormFields form={form} set={set} shown={shown} />
          </TabsContent>
          <TabsContent value="json" className="flex flex-col gap-3 pt-3">
            <Field label="Board file" hint="The format is docs/pins.md's; the form makes a first one." error={syntax ?? (detail && tab === "json" ? detail.message : undefined)}>
              {(field) => <Textarea {...field} spellCheck={false} className="num min-h-64 text-xs" value={json} onChange={(event) => { setJson(event.target.value); setSyntax(undefined); save.reset(); }} />}
            </Field>
            <Field label="Or a file">{(field) => <input {...field} type="file" accept="application/json,.json" className="w-full min-w-0 text-sm" onChange={(event) => void open(event.target.files?.[0])} />}</Field>
          </TabsContent>
        </Tabs>
        {save.isError && at === null && (tab === "form" || !detail) && <ErrorPanel error={save.error} />}
      </DialogBody>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Not now
        </Button>
        <Button type="submit" disabled={save.isPending}>
          {save.isPending ? "Saving …" : "Save the board"}
        </Button>
      </DialogFooter>
    </form>
  );
}

interface FormFieldsProps {
  form: BoardForm;
  set: (change: Partial<BoardForm>) => void;
  shown: (field: keyof BoardForm) => string | undefined;
}

function FormFields({ form, set, shown }: FormFieldsProps) {
  const known = useQuery(chips());
  const text = (name: "id" | "name" | "vendor" | "module" | "flashMb" | "psramMb", label: string, hint?: string) => (
    <Field label={label} hint={hint} error={shown(name)}>
      {(field) => <Input {...field} value={form[name]} maxLength={128} className={name === "name" || name === "vendor" ? undefined : "num"} onChange={(event) => set({ [name]: event.target.value })} />}
    </Field>
  );
  const header = (name: "left" | "right", label: string) => (
    <Field label={label} hint="A pin a line, from the top: 3V3, GND, IO4, SDA 8." error={shown(name)}>
      {(field) => <Textarea {...field} spellCheck={false} className="num min-h-32 text-xs" value={form[name]} onChange={(event) => set({ [name]: event.target.value })} />}
    </Field>
  );
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {text("id", "Id", "a-z 0-9 and hyphens; it stays")}
      {text("name", "Name")}
      {text("vendor", "Maker")}
      <Field label="Chip" error={shown("chip")}>
        {(field) => (
          <Select {...field} value={form.chip} onChange={(event) => set({ chip: event.target.value })}>
            {(known.data ?? [{ id: form.chip, name: form.chip }]).map((chip) => (
              <option key={chip.id} value={chip.id}>
                {chip.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {text("module", "Module", "with its memory, such as ESP32-S3-WROOM-1-N8R2")}
      {text("flashMb", "Flash in MB")}
      {text("psramMb", "PSRAM in MB", "0 without")}
      <Field label="PSRAM" error={shown("psramMode")}>
        {(field) => (
          <Select {...field} value={form.psramMode} onChange={(event) => set({ psramMode: event.target.value })}>
            <option value="">none, or quad</option>
            <option value="quad">quad</option>
            <option value="octal">octal</option>
            <option value="hex">hex</option>
          </Select>
        )}
      </Field>
      {header("left", "Pins on the left")}
      {header("right", "Pins on the right")}
    </div>
  );
}
