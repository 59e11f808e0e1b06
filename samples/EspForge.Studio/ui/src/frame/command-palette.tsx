import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Activity, Hammer, Moon, Package, Plus, Router, SquareTerminal, Sun } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useState } from "react";
import { builds, devices, projects, releases, rollouts } from "@/api/queries";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { NAVIGATION } from "@/frame/navigation";
import { useRegisteredCommands } from "@/lib/commands";
import { may, useUser } from "@/lib/hooks";
import { resolvedTheme, setTheme } from "@/lib/theme";

export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="overlay-in fixed inset-0 z-40 bg-black/60" />
        <Primitive.Content
          aria-describedby={undefined}
          className="overlay-in fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-xl -translate-x-1/2 overflow-hidden rounded-md border bg-popover shadow-overlay"
        >
          <Primitive.Title className="sr-only">Search and commands</Primitive.Title>
          {open && <Palette close={() => onOpenChange(false)} />}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

const EACH = 8;

function Palette({ close }: { close: () => void }) {
  const user = useUser();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const here = useRegisteredCommands();
  const can = (permission: Parameters<typeof may>[1]) => may(user, permission).allowed;
  const allProjects = useQuery({ ...projects(), enabled: can("projects.read") }).data ?? [];
  const allDevices = useQuery({ ...devices(), enabled: can("devices.read") }).data ?? [];
  const allRollouts = useQuery({ ...rollouts(), enabled: can("rollouts.read") }).data ?? [];
  const allReleases = useQuery({ ...releases(), enabled: can("releases.read") }).data ?? [];
  const allBuilds = useQuery({ ...builds(), enabled: can("builds.read") }).data ?? [];
  const searching = text.trim() !== "";
  const some = <T,>(list: T[]) => (searching ? list.slice(0, 200) : list.slice(0, 3));
  const go = (to: () => unknown) => () => {
    close();
    void to();
  };

  return (
    <Command loop label="Search and commands">
      <CommandInput value={text} onValueChange={setText} placeholder="Go to a page, project, device, rollout, version …" />
      <CommandList className="max-h-[60vh]">
        <CommandEmpty>Nothing found. Try a device id, a version or a page.</CommandEmpty>
        {here.length > 0 && (
          <CommandGroup heading="Here">
            {here.map(({ id, label, icon: Icon, keys, run }) => (
              <CommandItem
                key={id}
                value={`here ${label}`}
                onSelect={() => {
                  close();
                  // The dialog gives the focus back first; what the command opens may take it then.
                  setTimeout(run, 0);
                }}
              >
                <Icon /> <span className="flex-1 truncate">{label}</span>
                {keys && <kbd className="num caption">{keys}</kbd>}
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        <CommandGroup heading="Pages">
          {NAVIGATION.filter((item) => !item.needs || can(item.needs)).map(({ to, word, icon: Icon }) => (
            <CommandItem key={to} value={`go to ${word}`} onSelect={go(() => navigate({ to }))}>
              <Icon /> {word}
            </CommandItem>
          ))}
        </CommandGroup>
        <CommandGroup heading="Do">
          {can("projects.write") && (
            <CommandItem value="new project create" onSelect={go(() => navigate({ to: "/projects", search: { new: true } }))}>
              <Plus /> New project
            </CommandItem>
          )}
          {can("rollouts.manage") && (
            <CommandItem value="new rollout start create" onSelect={go(() => navigate({ to: "/rollouts/new", search: {} }))}>
              <Plus /> New rollout
            </CommandItem>
          )}
          {can("devices.manage") && (
            <CommandItem value="claim device pairing code" onSelect={go(() => navigate({ to: "/devices", search: { dialog: "claim" } }))}>
              <Plus /> Claim a device
            </CommandItem>
          )}
          {can("fleet.manage") && (
            <CommandItem value="add virtual devices fleet" onSelect={go(() => navigate({ to: "/devices", search: { dialog: "virtual" } }))}>
              <Plus /> Add virtual devices
            </CommandItem>
          )}
          <CommandItem value="switch theme dark light" onSelect={go(() => setTheme(resolvedTheme() === "dark" ? "light" : "dark"))}>
            {resolvedTheme() === "dark" ? <Sun /> : <Moon />} Switch to the {resolvedTheme() === "dark" ? "light" : "dark"} theme
          </CommandItem>
        </CommandGroup>
        {allProjects.length > 0 && (
          <CommandGroup heading="Projects">
            {some(allProjects).map((project) => (
              <CommandItem key={project.id} value={`project ${project.name} ${project.product} ${project.id}`} onSelect={go(() => navigate({ to: "/projects/$projectId", params: { projectId: project.id }, search: {} }))}>
                <SquareTerminal /> <span className="flex-1 truncate">{project.name}</span>
                <span className="num caption">{project.board}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {allRollouts.length > 0 && (
          <CommandGroup heading="Rollouts">
            {some(allRollouts).map((rollout) => (
              <CommandItem key={rollout.id} value={`rollout ${rollout.name} ${rollout.product} ${rollout.version} ${rollout.id}`} onSelect={go(() => navigate({ to: "/rollouts/$rolloutId", params: { rolloutId: rollout.id }, search: {} }))}>
                <Activity /> <span className="flex-1 truncate">{rollout.name}</span>
                <span className="caption">{rollout.state}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {allReleases.length > 0 && (
          <CommandGroup heading="Releases">
            {some(allReleases).map((release) => (
              <CommandItem key={release.id} value={`release ${release.product} ${release.version} ${release.id}`} onSelect={go(() => navigate({ to: "/releases/$releaseId", params: { releaseId: release.id } }))}>
                <Package /> <span className="flex-1 truncate">{release.product}</span>
                <span className="num caption">{release.version}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {searching && allDevices.length > 0 && (
          <CommandGroup heading="Devices">
            {some(allDevices).map((device) => (
              <CommandItem key={device.deviceId} value={`device ${device.name ?? ""} ${device.deviceId} ${device.hardwareId ?? ""}`} onSelect={go(() => navigate({ to: "/devices/$deviceId", params: { deviceId: device.deviceId }, search: {} }))}>
                <Router /> <span className="flex-1 truncate">{device.name ?? device.deviceId}</span>
                <span className="num caption">{device.version ?? "–"}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {searching && allBuilds.length > 0 && (
          <CommandGroup heading="Builds">
            {allBuilds.slice(0, EACH * 6).map((build) => (
              <CommandItem key={build.id} value={`build ${build.projectName} ${build.version} ${build.id}`} onSelect={go(() => navigate({ to: "/builds/$buildId", params: { buildId: build.id } }))}>
                <Hammer /> <span className="flex-1 truncate">{build.projectName}</span>
                <span className="num caption">{build.version}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
      </CommandList>
    </Command>
  );
}
