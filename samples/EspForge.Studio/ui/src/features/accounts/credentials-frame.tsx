import type { ReactNode } from "react";

/** The page before the frame: the product's name, one form, nothing else. */
export function CredentialsFrame({ title, about, footer, children }: { title: string; about: ReactNode; footer: ReactNode; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,1fr)_minmax(0,520px)] max-lg:grid-cols-1">
      <aside className="relative overflow-hidden border-r bg-card max-lg:hidden" aria-hidden>
        <Traces />
        <div className="absolute bottom-10 left-10 max-w-md">
          <p className="text-2xl font-semibold tracking-tight">From pin to fleet.</p>
          <p className="mt-2 text-lg text-muted-foreground">Check the pins, build, sign, and let a release sweep through the fleet one proven stage at a time.</p>
        </div>
      </aside>
      <div className="flex flex-col justify-center px-6 py-10">
        <div className="mx-auto flex w-full max-w-sm flex-col gap-6">
          <header>
            <p className="text-sm text-muted-foreground">EspForge Studio</p>
            <h1 className="mt-1 text-2xl font-semibold tracking-tight">{title}</h1>
            <div className="mt-2 text-sm text-muted-foreground">{about}</div>
          </header>
          {children}
          <footer className="caption">{footer}</footer>
        </div>
      </div>
    </main>
  );
}

/** A chip and its traces, in hairlines. */
function Traces() {
  const traces: string[] = [];
  for (let i = 0; i < 12; i++) {
    const y = 262 + i * 16;
    const bend = 40 + i * 9;
    const lift = i < 6 ? -(6 - i) * 22 : (i - 5) * 22;
    traces.push(`M300 ${y}H${300 - bend}l${-Math.abs(lift)} ${lift}H0`, `M500 ${y}H${500 + bend}l${Math.abs(lift)} ${lift}H900`);
  }
  const cells = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
  return (
    <svg viewBox="0 0 800 700" className="absolute inset-0 size-full" preserveAspectRatio="xMidYMid slice" fill="none">
      <g stroke="var(--border)" strokeWidth="1.2">
        {traces.map((d) => (
          <path key={d} d={d} />
        ))}
        {Array.from({ length: 12 }, (_, i) => (
          <g key={i} fill="var(--input)" stroke="none">
            <rect x="296" y={258 + i * 16} width="12" height="8" rx="1" />
            <rect x="492" y={258 + i * 16} width="12" height="8" rx="1" />
          </g>
        ))}
      </g>
      <rect x="308" y="240" width="184" height="220" rx="4" fill="var(--background)" stroke="var(--input)" />
      <circle cx="324" cy="256" r="4" fill="var(--input)" />
      {cells.map((cell) => {
        const done = cell < 9;
        const under = cell >= 9 && cell < 12;
        return (
          <rect
            key={cell}
            x={334 + (cell % 4) * 34}
            y={278 + Math.floor(cell / 4) * 32}
            width="24"
            height="22"
            rx="2"
            fill={done ? "color-mix(in oklab, var(--confirmed) 30%, transparent)" : under ? "color-mix(in oklab, var(--working) 30%, transparent)" : "transparent"}
            stroke={done ? "var(--confirmed)" : under ? "var(--working)" : "var(--input)"}
          />
        );
      })}
    </svg>
  );
}
