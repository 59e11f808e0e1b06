using System.Text;

namespace EspForge.Build;

/// <summary>The CMake file of a host image. All text in it was checked by <see cref="ProjectRules"/>: nothing in a name can end a quoted argument.</summary>
internal static class HostProject
{
    /// <param name="request">A checked request.</param>
    /// <param name="firmware">Directory of the agent's sources, as the tools see it.</param>
    public static string CMakeFile(BuildRequest request, string firmware)
    {
        var sources = Sources(BuildJob.ProjectFolder, request.Files).Concat(Sources(BuildJob.GeneratedFolder, request.GeneratedFiles));
        // Generated headers are found before a project's own of the same name.
        return Write(firmware, "app", sources, IncludeDirectories(request), request.ProjectName, request.Version, request.Chip);
    }

    public static string Write(string firmware, string target, IEnumerable<string> sources, IEnumerable<string> includes, string project, string version, string chip)
    {
        var text = new StringBuilder();
        text.Append("cmake_minimum_required(VERSION 3.20)\nproject(").Append(target).Append(" C)\n");
        text.Append("include(\"").Append(firmware).Append("/cmake/espforge_host.cmake\")\n");
        text.Append("espforge_host_image(").Append(target).Append('\n');
        AppendList(text, "SOURCES", sources);
        AppendList(text, "INCLUDE_DIRS", includes.Select(include => "${CMAKE_CURRENT_SOURCE_DIR}/" + include));
        text.Append("  PROJECT_NAME \"").Append(project).Append("\"\n");
        text.Append("  VERSION \"").Append(version).Append("\"\n");
        text.Append("  CHIP \"").Append(chip).Append("\")\n");
        return text.ToString();
    }

    private static IEnumerable<string> Sources(string folder, IEnumerable<ProjectFile> files) =>
        files.Where(file => file.Path.EndsWith(".c", StringComparison.Ordinal)).Select(file => $"{folder}/{file.Path}").Order(StringComparer.Ordinal);

    /// <summary>Directories of headers, in the order they are searched, relative to the job's directory.</summary>
    public static IEnumerable<string> IncludeDirectories(BuildRequest request) => HeaderDirectories(BuildJob.GeneratedFolder, request.GeneratedFiles)
        .Concat(HeaderDirectories(BuildJob.ProjectFolder, request.Files)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> HeaderDirectories(string folder, IEnumerable<ProjectFile> files) =>
        files.Where(file => file.Path.EndsWith(".h", StringComparison.Ordinal))
            .Select(file => Path.GetDirectoryName(file.Path) is { Length: > 0 } directory ? $"{folder}/{directory}" : folder)
            .Append(folder).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static void AppendList(StringBuilder text, string name, IEnumerable<string> values)
    {
        text.Append("  ").Append(name);
        foreach (var value in values)
            text.Append(" \"").Append(value).Append('"');
        text.Append('\n');
    }
}
