using EspForge.Boards;
using EspForge.Build;
using EspForge.PinRules;

namespace EspForge.Studio.Projects;

/// <summary>A project as the builder and the language server want it.</summary>
internal static class ProjectSources
{
    public static BuildRequest Request(ProjectRow project, PinPlan plan, BoardCatalog catalog, string version, string? environment, bool fetchDependencies = false) => new()
    {
        ProjectName = project.Product,
        Version = version,
        Chip = project.Chip,
        Toolchain = project.Toolchain,
        Environment = environment,
        FetchDependencies = fetchDependencies && project.Toolchain is not ProjectToolchains.Host,
        CacheScope = project.Id.ToString("D"),
        Files = [.. project.Files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => Build.ProjectFile.FromText(file.Path, file.Content))],
        GeneratedFiles = [Build.ProjectFile.FromText(ProjectPath.Pins, PinHeader.Generate(plan, catalog))],
    };
}
