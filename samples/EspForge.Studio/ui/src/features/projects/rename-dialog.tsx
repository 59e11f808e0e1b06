import { useState } from "react";
import { ApiError } from "@/api/error";
import type { Project } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { useChangeProject } from "@/features/projects/queries";
import { TOOLCHAINS, toolchainName } from "@/lib/toolchains";

export function RenameDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const [name, setName] = useState(project.name);
  const [toolchain, setToolchain] = useState(project.toolchain);
  const change = useChangeProject(project.id);
  const error = change.error instanceof ApiError ? change.error : null;
  const same = name.trim() === project.name && toolchain === project.toolchain;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Change the project" description="The product keeps its name: devices know it by that.">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "" || same) return;
            change.mutate({ ...(name.trim() === project.name ? {} : { name: name.trim() }), ...(toolchain === project.toolchain ? {} : { toolchain }) }, { onSuccess: onClose });
          }}
        >
          <DialogBody>
            <Field label="Name" error={error?.field("name")}>
              {(field) => <Input {...field} autoFocus required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
            </Field>
            <Field label="Toolchain" error={error?.field("toolchain")} hint={`${toolchainName(toolchain)} ${TOOLCHAINS.find(([id]) => id === toolchain)?.[1] ?? "builds it"}. The files stay as they are.`}>
              {(field) => (
                <Select {...field} value={toolchain} onChange={(event) => setToolchain(event.target.value)}>
                  {TOOLCHAINS.map(([id]) => (
                    <option key={id} value={id}>
                      {toolchainName(id)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {change.isError && <ErrorPanel error={change.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Keep it as it is
            </Button>
            <Button type="submit" disabled={change.isPending || name.trim() === "" || same}>
              Change
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
