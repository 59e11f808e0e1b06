import { useParams } from "@tanstack/react-router";
import { BuildPanel } from "@/features/builds/build-panel";
import { ProjectBuilds } from "@/features/builds/project-builds";
import { PinWorkbench } from "@/features/pins/pin-workbench";
import { ProjectPage } from "@/features/projects/project-page";

export function ProjectRoute() {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  return (
    <ProjectPage
      key={projectId}
      projectId={projectId}
      pins={(project, save) => <PinWorkbench saved={project.plan} fixedBoard={project.board} onSave={save} />}
      builds={(project) => <ProjectBuilds projectId={project.id} />}
      buildPanel={(slot) => <BuildPanel {...slot} />}
    />
  );
}
