import { useState } from "react";
import { ApiError } from "@/api/error";
import type { NewApiKey } from "@/api/types";
import { CommandLine } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { useCreateApiKey } from "@/features/settings/queries";
import { useUser } from "@/lib/hooks";

/** A program makes no keys and no users. */
const NEVER = ["api-keys.manage", "users.manage"];
const CI = ["projects.read", "builds.read", "builds.run", "images.read", "images.upload", "releases.read", "releases.create"];
const ENDS: [days: number, word: string][] = [
  [30, "in 30 days"],
  [90, "in 90 days"],
  [365, "in a year"],
  [0, "never"],
];

export function ApiKeyDialog({ onClose }: { onClose: () => void }) {
  const user = useUser();
  const create = useCreateApiKey();
  const own = user.permissions.filter((permission) => !NEVER.includes(permission));
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(CI.filter((one) => own.includes(one))));
  const [days, setDays] = useState(90);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const error = create.error instanceof ApiError ? create.error : null;
  const ready = name.trim() !== "" && chosen.size > 0;

  const submit = () => {
    if (!ready) return;
    create.mutate(
      { name: name.trim(), permissions: [...chosen], ...(days > 0 ? { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() } : {}) },
      { onSuccess: setMade },
    );
  };

  if (made) {
    return (
      <Dialog open>
        <DialogContent title={`Keep the key ${made.apiKey.name} now`} description="It is shown this once. Only its hash is kept here; who loses it makes another." onEscapeKeyDown={(event) => event.preventDefault()} onInteractOutside={(event) => event.preventDefault()}>
          <DialogBody>
            <div data-testid="new-api-key">
              <CommandLine text={made.key} what="API key" />
            </div>
            <p className="text-sm text-muted-foreground">
              Programs send it as <span className="num">Authorization: Bearer efk_…</span>; the command line takes it from <span className="num">ESPFORGE_KEY</span>.
            </p>
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>I have kept it</Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="New API key" description="For a program that works for you.">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody>
            <div className="grid grid-cols-[minmax(0,1fr)_10rem] gap-3 max-sm:grid-cols-1">
              <Field label="Name" hint="What it is for." error={error?.field("name")}>
                {(field) => <Input {...field} autoFocus required maxLength={80} placeholder="CI of the greenhouse" value={name} onChange={(event) => setName(event.target.value)} />}
              </Field>
              <Field label="Ends" error={error?.field("expiresAt")}>
                {(field) => (
                  <Select {...field} value={days} onChange={(event) => setDays(Number(event.target.value))}>
                    {ENDS.map(([value, word]) => (
                      <option key={value} value={value}>
                        {word}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
            <fieldset>
              <legend className="mb-1 flex w-full flex-wrap items-center gap-2 text-sm font-medium">
                What it may
                <span className="ml-auto flex gap-1">
                  <Button size="sm" variant="ghost" onClick={() => setChosen(new Set(CI.filter((one) => own.includes(one))))}>
                    As a CI
                  </Button>
                  <Button size="sm" variant="ghost" onClick={() => setChosen(new Set(own.filter((one) => one.endsWith(".read"))))}>
                    Only read
                  </Button>
                </span>
              </legend>
              <div className="grid grid-cols-2 gap-x-3 max-sm:grid-cols-1">
                {own.map((permission) => (
                  <label key={permission} className="flex min-h-7 items-center gap-2 text-sm pointer-coarse:min-h-10">
                    <Checkbox
                      checked={chosen.has(permission)}
                      onCheckedChange={(checked) => {
                        const next = new Set(chosen);
                        if (checked === true) next.add(permission);
                        else next.delete(permission);
                        setChosen(next);
                      }}
                    />
                    <span className="num">{permission}</span>
                  </label>
                ))}
              </div>
              {(error?.field("permissions") ?? (chosen.size === 0 ? "Choose at least one." : undefined)) && (
                <p role="alert" className="mt-1 text-xs text-destructive">
                  {error?.field("permissions") ?? "Choose at least one."}
                </p>
              )}
            </fieldset>
            {create.isError && <ErrorPanel error={create.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!ready || create.isPending}>
              Create API key
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
