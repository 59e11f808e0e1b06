import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronDown, Keyboard, LogOut, Monitor, Moon, Search, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { signOut } from "@/api/client";
import { useLiveState } from "@/api/events";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Breadcrumb } from "@/frame/breadcrumb";
import { CommandPalette } from "@/frame/command-palette";
import { Shortcuts } from "@/frame/shortcuts";
import { cn } from "@/lib/cn";
import { useUser } from "@/lib/hooks";
import { setTheme, useTheme, type Theme } from "@/lib/theme";

export function TopBar() {
  const user = useUser();
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        event.stopPropagation();
        setPalette((open) => !open);
        return;
      }
      const writing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable=true], .monaco-editor") !== null;
      if ((event.key === "F1" || (event.key === "?" && !writing)) && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        event.stopPropagation();
        setShortcuts(true);
      }
    };
    // Before the editor, which has commands of its own on these keys.
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);

  return (
    <header className="flex h-11 shrink-0 items-center gap-3 border-b bg-card px-3">
      <Link to="/" className="flex shrink-0 items-center gap-2 font-semibold tracking-tight pointer-coarse:-mx-2.5 pointer-coarse:h-10 pointer-coarse:min-w-10 pointer-coarse:justify-center" aria-label="EspForge Studio, dashboard">
        <Mark />
        <span className="max-sm:hidden">EspForge</span>
      </Link>
      <span className="h-4 w-px bg-border max-md:hidden" />
      <span className="shrink-0 text-sm text-muted-foreground max-lg:hidden" title="Organization">
        {user.organization}
      </span>
      <Breadcrumb />
      <div className="ml-auto flex shrink-0 items-center gap-2">
        <button
          type="button"
          onClick={() => setPalette(true)}
          aria-label="Search and commands"
          className="flex h-7 items-center gap-2 rounded-md border border-input bg-background px-2 text-sm text-muted-foreground hover:text-foreground md:w-52 pointer-coarse:h-10 pointer-coarse:min-w-10 pointer-coarse:justify-center"
        >
          <Search className="size-4" aria-hidden />
          <span className="max-md:hidden">Search</span>
          <kbd className="num ml-auto text-xs max-md:hidden">Ctrl K</kbd>
        </button>
        <LiveMarker />
        <UserMenu />
      </div>
      <CommandPalette open={palette} onOpenChange={setPalette} />
      <Shortcuts open={shortcuts} onOpenChange={setShortcuts} />
    </header>
  );
}

export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" className={cn("size-5", className)} fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden>
      <path d="M7 1v3m3-3v3m3-3v3M7 16v3m3-3v3m3-3v3M1 7h3m-3 3h3m-3 3h3m12-6h3m-3 3h3m-3 3h3" className="text-muted-foreground" />
      <rect x="4" y="4" width="12" height="12" rx="1.5" />
      <path d="M7.5 8h5m-5 2h3m-3 2h5" />
    </svg>
  );
}

function LiveMarker() {
  const live = useLiveState();
  const lost = live === "reconnecting" || live === "ended";
  const word = live === "live" ? "live" : live === "connecting" ? "connecting" : live === "ended" ? "offline" : "reconnecting";
  return (
    <span role="status" aria-label={`Connection: ${word}`} data-live={live} title={lost ? "Connection lost; trying again by itself." : "Changes appear as they happen."} className={cn("flex items-center gap-1.5 text-xs", lost ? "text-foreground" : "text-muted-foreground")}>
      {lost ? (
        <span aria-hidden className="text-warning">
          ▲
        </span>
      ) : (
        <span aria-hidden className={cn("size-2 rounded-full", live === "live" ? "bg-primary" : "shimmer bg-muted-foreground")} />
      )}
      <span className={cn(!lost && "max-sm:hidden")}>{word}</span>
    </span>
  );
}

function UserMenu() {
  const user = useUser();
  const navigate = useNavigate();
  const theme = useTheme();
  const name = user.displayName ?? user.email;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex h-8 items-center gap-1.5 rounded-md px-1.5 hover:bg-raised pointer-coarse:h-10 pointer-coarse:min-w-10 pointer-coarse:justify-center" aria-label={`Account: ${name}`}>
        <span aria-hidden className="flex size-6 items-center justify-center rounded-full border border-input bg-raised text-xs font-semibold uppercase">
          {name.slice(0, 1)}
        </span>
        <ChevronDown className="size-3.5 text-muted-foreground max-sm:hidden" aria-hidden />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-60">
        <div className="px-2 py-1.5">
          <p className="truncate text-sm font-medium">{name}</p>
          <p className="num caption truncate">{user.email}</p>
          <p className="caption">
            {user.role} in {user.organization}
          </p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
          <DropdownMenuRadioItem value="system">
            <Monitor /> As the system
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="dark">
            <Moon /> Dark
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="light">
            <Sun /> Light
          </DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void navigate({ to: "/settings", search: { tab: "account" } })}>Account and password</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => window.dispatchEvent(new KeyboardEvent("keydown", { key: "F1" }))}>
          <Keyboard /> Keyboard shortcuts <kbd className="num ml-auto text-xs text-muted-foreground">F1</kbd>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void signOut()}>
          <LogOut /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
