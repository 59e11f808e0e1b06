using System.Text;
using EspForge.AspNetCore;

namespace EspForge.Studio.Projects;

/// <summary>What may be in a project as a whole.</summary>
internal static class ProjectTree
{
    /// <summary>Why this is not the text of a file, or <see langword="null"/>.</summary>
    public static ApiRefusal? CheckContent(string content, string field)
    {
        if (Encoding.UTF8.GetByteCount(content) > ProjectLimits.MaxFileBytes)
            return new ApiRefusal(new Fault("too-large", $"A file has at most {ProjectLimits.MaxFileBytes / 1024} KiB."));
        return content.Contains('\0', StringComparison.Ordinal) ? ApiResults.Invalid(field, "A file is text: it holds no NUL character.") : null;
    }

    /// <summary>Why these files do not make a project, or <see langword="null"/>.</summary>
    public static ApiRefusal? Check(IReadOnlyCollection<(string Path, int SizeBytes)> files)
    {
        if (files.Count > ProjectLimits.MaxFiles)
            return new ApiRefusal(new Fault("project-limit", $"A project has at most {ProjectLimits.MaxFiles} files."));
        if (files.Sum(file => (long)file.SizeBytes) > ProjectLimits.MaxProjectBytes)
            return new ApiRefusal(new Fault("too-large", $"A project has at most {ProjectLimits.MaxProjectBytes / 1024 / 1024} MiB."));
        foreach (var (path, _) in files)
        {
            if (ProjectPath.Collides(path, files.Select(file => file.Path)) is { } collision)
                return ApiResults.Invalid("path", $"'{path}' cannot be there: {collision}");
        }

        return null;
    }
}
