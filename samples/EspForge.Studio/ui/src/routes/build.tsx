import { useParams } from "@tanstack/react-router";
import { BuildPage } from "@/features/builds/build-page";
import { ReleaseDialog } from "@/features/releases/release-dialog";

export function BuildRoute() {
  const { buildId } = useParams({ from: "/builds/$buildId" });
  return (
    <BuildPage
      buildId={buildId}
      releaseDialog={(build, close) => (build.image ? <ReleaseDialog image={build.image} product={build.product} onClose={close} /> : null)}
    />
  );
}
