import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { useState, type ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/error";
import { session } from "@/api/session";
import type { Finding, Rollout } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { DataTable, type Column } from "@/components/data-table";
import { LogView } from "@/components/log-view";
import { ErrorPanel } from "@/components/page";
import { Time } from "@/components/time";
import { TooltipProvider } from "@/components/ui/tooltip";
import { FindingsPanel } from "@/features/pins/findings-panel";
import { StageTrack } from "@/features/rollouts/stage-track";
import { DEFAULT_GATE } from "@/features/rollouts/stages";
import type { TableSearch } from "@/lib/table-search";
import { grant, host, viewer } from "./host";

const show = (children: ReactNode) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>{children}</TooltipProvider>
    </QueryClientProvider>,
  );
beforeEach(() => session.begin(grant("t")));

describe("a table", () => {
  interface Row {
    id: string;
    size: number | null;
  }
  const columns: Column<Row>[] = [
    { id: "id", header: "Name", show: "always", cell: (row) => row.id, sort: (row) => row.id, text: (row) => row.id },
    { id: "size", header: "Size", cell: (row) => String(row.size ?? "none"), sort: (row) => row.size },
  ];
  const rows: Row[] = [{ id: "pump-10", size: 1 }, { id: "pump-9", size: null }, { id: "door", size: 5 }];
  function Table({ seen }: { seen: (search: TableSearch) => void }) {
    const [search, setSearch] = useState<TableSearch>({});
    return (
      <DataTable
        label="Things"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        search={search}
        onSearch={(change) => {
          const next = { ...search, ...change };
          setSearch(next);
          seen(next);
        }}
        empty="nothing"
      />
    );
  }
  const names = () => screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell")[0]?.textContent);

  it("sorts by a header and keeps it in the address", () => {
    const seen = vi.fn();
    show(<Table seen={seen} />);
    fireEvent.click(screen.getByRole("button", { name: "Name" }));
    expect(names()).toEqual(["door", "pump-9", "pump-10"]);
    expect(screen.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
    fireEvent.click(screen.getByRole("button", { name: "Size" }));
    fireEvent.click(screen.getByRole("button", { name: "Size" }));
    expect(seen).toHaveBeenLastCalledWith({ sort: "-size" });
    expect(names()).toEqual(["door", "pump-10", "pump-9"]);
  });
  it("filters, and says how to get everything back when nothing is left", () => {
    show(<Table seen={() => undefined} />);
    fireEvent.change(screen.getByRole("searchbox", { name: "Filter things" }), { target: { value: "pump" } });
    expect(names()).toEqual(["pump-10", "pump-9"]);
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "zebra" } });
    fireEvent.click(screen.getByRole("button", { name: "Clear the filter" }));
    expect(names()).toHaveLength(3);
  });
});

describe("a row of a table", () => {
  it("follows its link wherever it is clicked, but not when a button in it is", () => {
    const follow = vi.fn((event: Event) => event.preventDefault());
    const press = vi.fn();
    const columns: Column<string>[] = [
      { id: "name", header: "Name", show: "always", cell: (row) => <a href={`#${row}`}>{row}</a> },
      { id: "at", header: "At", cell: () => <Time at="2020-02-03T04:05:06Z" /> },
      { id: "do", header: "Do", cell: () => <button onClick={press}>Stop</button> },
    ];
    show(<DataTable label="Things" columns={columns} rows={["door"]} rowKey={(row) => row} search={{}} onSearch={() => undefined} empty="nothing" />);
    screen.getByRole("link").addEventListener("click", follow);
    fireEvent.click(screen.getByText("2020-02-03"));
    expect(follow).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByRole("link"));
    expect(follow).toHaveBeenCalledTimes(2);
    fireEvent.click(screen.getByRole("button", { name: "Stop" }));
    expect(press).toHaveBeenCalledOnce();
    expect(follow).toHaveBeenCalledTimes(2);
  });
});

describe("what a role may not do", () => {
  it("stays in place, says why, and does nothing", () => {
    session.begin(grant("t", viewer));
    const press = vi.fn();
    show(
      <AllowedButton needs="rollouts.manage" onClick={press}>
        Pause
      </AllowedButton>,
    );
    const button = screen.getByRole("button", { name: "Pause" });
    fireEvent.click(button);
    expect(press).not.toHaveBeenCalled();
    expect(button).toHaveAttribute("aria-disabled", "true");
    expect(button).toBeEnabled();
  });
});

describe("a destructive action", () => {
  it("wants the name typed, shows what went wrong, and closes only when it worked", async () => {
    const close = vi.fn();
    const run = vi.fn().mockRejectedValueOnce(new ApiError("ROLLOUT_STATE", "It has ended.", 409, [], "r-9")).mockResolvedValue(undefined);
    show(
      <ConfirmDialog open onClose={close} title="Cancel it" confirm="Cancel the rollout" typeName="Pump 0.9" onConfirm={run}>
        12 devices stay.
      </ConfirmDialog>,
    );
    const confirm = screen.getByRole("button", { name: "Cancel the rollout" });
    expect(confirm).toBeDisabled();
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "Pump 0.9" } });
    await act(async () => fireEvent.click(confirm));
    expect(screen.getByRole("alert")).toHaveTextContent("It has ended.");
    expect(screen.getByRole("alert")).toHaveTextContent("r-9");
    expect(close).not.toHaveBeenCalled();
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Cancel the rollout" })));
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("an error", () => {
  it("says what happened, what is safe, what to try, and the request id", () => {
    show(<ErrorPanel error={new ApiError("RATE_LIMITED", "Too many codes.", 429, [{ field: "pairingCode", message: "wrong" }], "r-7", 60)} />);
    const alert = screen.getByRole("alert");
    for (const text of ["Too many codes.", "Nothing was changed.", "Try again in 60 s.", "pairingCode", "r-7", "RATE_LIMITED"]) expect(alert).toHaveTextContent(text);
  });
});

describe("a time", () => {
  it("is relative, with the exact one and its zone on hover", () => {
    show(<Time at="2020-02-03T04:05:06Z" />);
    const time = screen.getByText("2020-02-03");
    expect(time).toHaveAttribute("datetime", "2020-02-03T04:05:06Z");
    expect(time.title).toMatch(/2020.*:\d\d:06.*(UTC|GMT|[A-Z]{2,})/);
  });
});

describe("findings", () => {
  const finding: Finding = {
    rule: "PIN007", class: "inputonly", severity: "error", gpios: [34], message: "GPIO34 can only be read.", source: "soc_caps.h", overridden: null,
    repairs: [
      { label: "Move led to GPIO16", kind: "move", use: 0, gpio: 16, field: null, value: null, gpios: null },
      { label: "Accept with an override", kind: "override", use: null, gpio: null, field: "PIN007", value: "Reviewed", gpios: [34] },
    ],
  };
  it("offer their repair, and can be accepted with a reason only", () => {
    const repair = vi.fn();
    const accept = vi.fn();
    show(<FindingsPanel findings={[finding]} plan={{ board: "b", uses: [{ gpio: 34, function: "led" }] }} readOnly={false} onPoint={() => undefined} onRepair={repair} onAccept={accept} onWithdraw={() => undefined} />);
    const item = screen.getByTestId("finding");
    expect(item).toHaveAttribute("data-rule", "PIN007");
    expect(item).toHaveTextContent("Source: soc_caps.h");
    fireEvent.click(screen.getByRole("button", { name: "Move led to GPIO16" }));
    expect(repair).toHaveBeenCalledWith(finding.repairs[0]);
    expect(screen.queryByRole("button", { name: "Accept with an override" })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Accept …" }));
    expect(screen.getByRole("button", { name: "Accept" })).toBeDisabled();
    fireEvent.change(screen.getByRole("textbox", { name: "Why it is fine here" }), { target: { value: " an input here " } });
    fireEvent.click(screen.getByRole("button", { name: "Accept" }));
    expect(accept).toHaveBeenCalledWith(finding, "an input here");
  });
  it("cannot be changed by who may only read", () => {
    show(<FindingsPanel findings={[finding]} plan={{ board: "b", uses: [{ gpio: 34, function: "led" }] }} readOnly onPoint={() => undefined} onRepair={() => undefined} onAccept={() => undefined} onWithdraw={() => undefined} />);
    expect(screen.queryByRole("button", { name: /Move|Accept/ })).toBeNull();
  });
});

describe("the stages of a rollout", () => {
  const stage = (percent: number, confirmed: number, failed: number, startedAt: string | null): Rollout["stages"][number] => ({
    percent, size: 20, startedAt, upperBound: failed > 0 ? 0.22 : 0.04, lowerBound: failed > 0 ? 0.06 : 0, gate: DEFAULT_GATE,
    health: { size: 20, confirmed, failed, working: 0, silent: 0, waiting: 20 - confirmed - failed },
  });
  const rollout = { state: "running", currentStage: 1, stages: [stage(5, 20, 0, "2026-01-01T00:00:00Z"), stage(50, 10, 2, "2026-01-01T00:00:00Z"), stage(100, 0, 0, null)] } as Rollout;
  it("say where it stands and what was seen against what is allowed", () => {
    show(<StageTrack rollout={rollout} />);
    const stages = within(screen.getByTestId("stage-track")).getAllByRole("listitem");
    expect(stages.map((item) => item.dataset["phase"])).toEqual(["passed", "now", "ahead"]);
    expect(stages[1]).toHaveAttribute("aria-current", "step");
    expect(stages[1]).toHaveTextContent("2 failed");
    expect(within(stages[1]!).getByRole("img", { name: /Failure rate: 16.7% failed; with 95% confidence 6% to 22%\. Allowed: 5%\./ })).toBeInTheDocument();
    expect(within(stages[2]!).getByRole("img", { name: /no reports yet/ })).toBeInTheDocument();
  });
  it("all have passed when it is completed, and the one it stopped at is named", () => {
    const { unmount } = show(<StageTrack rollout={{ ...rollout, state: "completed", currentStage: 2 }} />);
    expect(screen.getAllByText("gate passed")).toHaveLength(3);
    unmount();
    show(<StageTrack rollout={{ ...rollout, state: "rolledBack" }} />);
    expect(screen.getByText("stopped here")).toBeInTheDocument();
    expect(screen.getByText("not reached")).toBeInTheDocument();
  });
});

describe("a log", () => {
  it("shows the lines as they come, each once, and ends", async () => {
    const line = (number: number, text: string) => `id: ${number}\nevent: line\ndata: ${JSON.stringify({ number, text, stream: "out" })}\n\n`;
    const body = `${line(1, "gcc main.c")}${line(2, "main.c:3:1: error: expected ';'")}${line(2, "again")}event: end\ndata: {"state":"failed"}\n\n`;
    host(() => new Response(new TextEncoder().encode(body)));
    show(<LogView path="builds/b/log" label="Build log" empty="empty" testId="build-log" />);
    expect(await screen.findByText("gcc main.c")).toBeInTheDocument();
    expect(screen.getByText(/expected ';'/)).toHaveClass("text-failed");
    expect(screen.queryByText("again")).toBeNull();
    await vi.waitFor(() => expect(screen.getByTestId("build-log")).toHaveAttribute("data-stream", "ended"), { timeout: 10_000 });
  });
  it("says when it may not be read", async () => {
    host(() => Response.json({ success: false, data: null, error: { code: "BUILD_NOT_FOUND", message: "There is no such build.", details: null }, meta: { requestId: "r", timestamp: "", version: "" } }, { status: 404 }));
    show(<LogView path="builds/x/log" label="Build log" empty="empty" />);
    expect(await screen.findByText("There is no such build.")).toBeInTheDocument();
  });
});
