import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ApiError } from "@/api/error";
import { projectBuilds, releases } from "@/api/queries";
import type { Build, Project } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useStartBuild } from "@/features/projects/queries";
import { plural } from "@/lib/format";
import { nextVersions, parseVersion } from "@/lib/semver";

interface BuildDialogProps {
  project: Project;
  unsaved: number;
  saveAll: () => Promise<void>;
  onStarted: (build: Build) => void;
  onPins: () => void;
  onClose: () => void;
}

/** Which version; everything unsaved is saved first. */
export function BuildDialog({ project, unsaved, saveAll, onStarted, onPins, onClose }: BuildDialogProps) {
  const built = useQuery(projectBuilds(project.id));
  const released = useQuery(releases(project.product));
  const next = useMemo(
    () => nextVersions([...(built.data ?? []).filter((build) => build.state === "succeeded").map((build) => build.version), ...(released.data ?? []).map((release) => release.version)]),
    [built.data, released.data],
  );
  const [typed, setTyped] = useState<string | null>(null);
  const version = typed ?? next.suggested;
  const wrong = parseVersion(version) === null ? "A version looks like 1.4.0 or 2.0.0-rc.1." : undefined;
  const taken = released.data?.some((release) => release.version === version && release.chip === project.chip);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const start = useStartBuild(project.id);
  const planErrors = start.error instanceof ApiError && start.error.code === "PLAN_HAS_ERRORS";

  const submit = async () => {
    if (wrong) return;
    setFailure(null);
    setSaving(true);
    try {
      await saveAll();
      const build = await start.mutateAsync(version);
      onStarted(build);
      onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Build ${project.name}`} description={unsaved > 0 ? `${plural(unsaved, "unsaved file")} will be saved first.` : "The pins are checked first, then the code is compiled in a sandbox."}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <DialogBody>
            <Field label="Version" error={wrong} hint={taken ? "This version is released already; an image of it can be built but not released again." : "Devices only ever go up; the number is part of the image."}>
              {(field) => <Input {...field} className="font-mono text-lg! h-10" autoFocus value={version} onChange={(event) => setTyped(event.target.value.trim())} onFocus={(event) => event.target.select()} />}
            </Field>
            <div className="flex flex-wrap gap-1.5" role="group" aria-label="Suggestions">
              {next.choices.map((choice) => (
                <Button key={choice.version} variant="outline" size="sm" aria-pressed={choice.version === version} className="aria-pressed:border-foreground" onClick={() => setTyped(choice.version)}>
                  {choice.label} <span className="num">{choice.version}</span>
                </Button>
              ))}
            </div>
            {failure !== null && <ErrorPanel error={failure} />}
          </DialogBody>
          <DialogFooter>
            {planErrors && (
              <Button
                variant="outline"
                onClick={() => {
                  onPins();
                  onClose();
                }}
              >
                Open the pin plan
              </Button>
            )}
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={saving || wrong !== undefined}>
              {saving ? "Starting …" : "Build"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
