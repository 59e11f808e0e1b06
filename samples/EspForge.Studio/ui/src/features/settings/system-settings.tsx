import { useQuery } from "@tanstack/react-query";
import { status } from "@/api/queries";
import { CommandLine } from "@/components/copyable";
import { ErrorPanel, Facts } from "@/components/page";
import { Status } from "@/components/status";
import { Elapsed, Time } from "@/components/time";
import { Card } from "@/components/ui/card";
import { CardSkeleton } from "@/components/ui/skeleton";

export function SystemSettings() {
  const query = useQuery(status());
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <CardSkeleton />;
  const { version, startedAt, database, sandbox, toolchain } = query.data;
  const origin = window.location.origin;
  return (
    <div className="grid grid-cols-2 gap-4 max-lg:grid-cols-1">
      <Card title="Server">
        <Facts
          items={[
            ["Version", <span className="num">{version}</span>],
            ["Started", <Time at={startedAt} />],
            ["Up for", <Elapsed from={startedAt} />],
            ["Database", <span className="num">{database}</span>],
          ]}
        />
      </Card>
      <Card title="Builds">
        <Facts
          items={[
            ["Toolchain", toolchain.ready ? <Status kind="confirmed" word="ready" /> : <Status kind="warning" word="missing" />],
            ["", <span className="text-muted-foreground">{toolchain.message ?? ""}</span>],
            ["Sandbox", <Status kind={sandbox.isolated ? "confirmed" : "warning"} word={`${sandbox.name}, ${sandbox.isolated ? "isolated" : "not isolated"}`} />],
            [" ", <span className="text-muted-foreground">{sandbox.message ?? ""}</span>],
          ]}
        />
      </Card>
      <Card title="Signing keys" note="public; what devices and people check releases with" className="col-span-full">
        <CommandLine text={`curl -fsS ${origin}/.well-known/espforge/keys.json\ncurl -fsS ${origin}/.well-known/espforge/keys.pem`} what="key addresses" />
      </Card>
    </div>
  );
}
