import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import { ApiError } from "@/api/error";
import { projectBuilds, releases, toolchains } from "@/api/queries";
import type { Build, PinCheck, Project } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { useStartBuild } from "@/features/projects/queries";
import { plural } from "@/lib/format";
import { useMay } from "@/lib/hooks";
import { nextVersions, parseVersion } from "@/lib/semver";
import { toolchainName } from "@/lib/toolchains";

const REASON = { least: 10, most: 500 };

interface BuildDialogProps {
  project: Project;
  unsaved: number;
  saveAll: () => Promise<void>;
  onStarted: (build: Build) => void;
  onPins: () => void;
  onClose: () => void;
}

/** Which version, and of which environment; everything unsaved is saved first. Errors of the plan stop it unless a reason is given. */
export function BuildDialog({ project, unsaved, saveAll, onStarted, onPins, onClose }: BuildDialogProps) {
  const built = useQuery(projectBuilds(project.id));
  const released = useQuery(releases(project.product));
  const next = useMemo(
    () => nextVersions([...(built.data ?? []).filter((build) => build.state === "succeeded").map((build) => build.version), ...(released.data ?? []).map((release) => release.version)]),
    [built.data, released.data],
  );
  const mayPins = useMay("pins.check");
  const check = useQuery({ queryKey: ["pins-check", project.plan], queryFn: () => api.post<PinCheck>("pins/check", project.plan), enabled: mayPins.allowed });
  const tools = useQuery(toolchains()).data?.find((one) => one.id === project.toolchain);
  const [typed, setTyped] = useState<string | null>(null);
  const [environment, setEnvironment] = useState("");
  const [reason, setReason] = useState("");
  const version = typed ?? next.suggested;
  const wrong = parseVersion(version) === null ? "A version looks like 1.4.0 or 2.0.0-rc.1." : undefined;
  const taken = released.data?.some((release) => release.version === version && release.chip === project.chip);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const start = useStartBuild(project.id);

  const refused = failure instanceof ApiError && failure.code === "PLAN_HAS_ERRORS" ? failure : null;
  const findings = check.data?.findings.filter((finding) => finding.severity === "error" && finding.overridden === null) ?? [];
  const errors = findings.length > 0 ? findings.map((finding) => ({ where: finding.gpios.map((gpio) => `GPIO${gpio}`).join(", "), text: finding.message })) : (refused?.details.map((detail) => ({ where: detail.field, text: detail.message })) ?? []);
  const blocked = errors.length > 0;
  const words = reason.trim();
  const badReason = blocked && words !== "" && words.length < REASON.least ? `At least ${REASON.least} characters: it stays with the build.` : undefined;
  const ready = wrong === undefined && (!blocked || words.length >= REASON.least);

  const submit = async () => {
    if (!ready || saving) return;
    setFailure(null);
    setSaving(true);
    try {
      await saveAll();
      const build = await start.mutateAsync({ version, ...(environment ? { environment } : {}), ...(blocked ? { acceptErrors: words } : {}) });
      onStarted(build);
      onClose();
    } catch (error) {
      setFailure(error);
      setSaving(false);
      // Two dialogs at once help nobody: the one about the conflict is behind this.
      if (error instanceof ApiError && error.code === "FILE_CHANGED") onClose();
    }
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Build ${project.name}`} description={unsaved > 0 ? `${plural(unsaved, "unsaved file")} will be saved first.` : "The pins are checked first, then the code is compiled in a sandbox."}>
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <DialogBody>
            <Field label="Version" error={wrong} hint={taken ? "This version is released already; an image of it can be built but not released again." : "Devices only ever go up; the number is part of the image."}>
              {(field) => <Input {...field} className="h-10 font-mono text-lg!" autoFocus value={version} onChange={(event) => setTyped(event.target.value.trim())} onFocus={(event) => event.target.select()} />}
            </Field>
            <div className="flex flex-wrap gap-1.5" role="group" aria-label="Suggestions">
              {next.choices.map((choice) => (
                <Button key={choice.version} variant="outline" size="sm" aria-pressed={choice.version === version} className="aria-pressed:border-foreground" onClick={() => setTyped(choice.version)}>
                  {choice.label} <span className="num">{choice.version}</span>
                </Button>
              ))}
            </div>
            {project.environments.length > 1 ? (
              <Field label="Environment" hint="A section [env:…] of platformio.ini.">
                {(field) => (
                  <Select {...field} className="font-mono" value={environment} onChange={(event) => setEnvironment(event.target.value)}>
                    <option value="">default of platformio.ini</option>
                    {project.environments.map((one) => (
                      <option key={one} value={one}>
                        {one}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            ) : null}
            <p className="text-sm text-muted-foreground">
              Built by <span className="text-foreground">{toolchainName(project.toolchain)}</span>
              {project.environments.length === 1 && (
                <>
                  , environment <span className="num">{project.environments[0]}</span>
                </>
              )}
              {tools?.ready === true && tools.versions !== "" && <span className="num">, {tools.versions}</span>}
            </p>
            {tools?.ready === false && (
              <div role="alert" className="flex gap-2 rounded-md border border-warning/60 px-3 py-2 text-sm">
                <StatusShape kind="warning" className="mt-1" />
                <p>
                  {tools.title} is not ready on this server, so the build will fail: {tools.missing.map((need) => need.what).join(", ") || "something is missing"}.{" "}
                  <Link to="/settings" search={{ tab: "toolchains" }} className="underline underline-offset-4">
                    What is missing
                  </Link>
                </p>
              </div>
            )}
            {blocked && (
              <section aria-label="Errors of the pin plan" className="flex flex-col gap-2 rounded-md border border-destructive/50 bg-destructive/8 px-3 py-2 text-sm">
                <p className="font-semibold">The pin plan has {plural(errors.length, "error")}</p>
                <ul className="flex max-h-40 flex-col gap-1 overflow-y-auto" data-testid="plan-errors">
                  {errors.map((error, i) => (
                    <li key={i} className="flex gap-2">
                      <StatusShape kind="failed" className="mt-1" />
                      <span className="min-w-0 break-words">
                        {!error.text.startsWith(error.where) && <span className="num">{error.where} </span>}
                        {error.text}
                      </span>
                    </li>
                  ))}
                </ul>
                <Field label="Why build it anyway" error={badReason} hint="Kept with the build and in the audit log, under your name. Correcting the plan is the better way.">
                  {(field) => <Textarea {...field} rows={2} maxLength={REASON.most} value={reason} onChange={(event) => setReason(event.target.value)} />}
                </Field>
              </section>
            )}
            {failure !== null && refused === null && <ErrorPanel error={failure} />}
          </DialogBody>
          <DialogFooter>
            {blocked && (
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
            <Button type="submit" variant={blocked ? "danger" : "default"} disabled={saving || !ready}>
              {saving ? "Starting …" : blocked ? `Build despite ${plural(errors.length, "error")}` : "Build"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
