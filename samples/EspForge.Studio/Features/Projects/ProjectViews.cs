using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>A project as the API shows it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Product">What its images are releases of.</param>
/// <param name="Board">Board id.</param>
/// <param name="Chip">Chip id.</param>
/// <param name="Toolchain">What builds it: host, platformio or esp-idf.</param>
/// <param name="Environments">The environments of its platformio.ini, in its order.</param>
/// <param name="Revision">Counts the changes of files, plan, board and toolchain.</param>
/// <param name="Plan">The pin plan (docs/pins.md).</param>
/// <param name="Files">Its files, by path.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Project(
    Guid Id, string Name, string Product, string Board, string Chip, string Toolchain, IReadOnlyList<string> Environments, int Revision, JsonElement Plan,
    IReadOnlyList<ProjectFileSummary> Files, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A file of a project without its text.</summary>
/// <param name="Path">Path inside the project.</param>
/// <param name="SizeBytes">Length in bytes of UTF-8.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record ProjectFileSummary(string Path, int SizeBytes, DateTimeOffset UpdatedAt);

/// <summary>A file of a project with its text.</summary>
/// <param name="Path">Path inside the project.</param>
/// <param name="Content">The text.</param>
/// <param name="SizeBytes">Length in bytes of UTF-8.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Etag">Names this content, for <c>If-Match</c>: quotes included.</param>
public sealed record ProjectFile(string Path, string Content, int SizeBytes, DateTimeOffset UpdatedAt, string Etag)
{
    internal static ProjectFile Of(ProjectFileRow file) => new(file.Path, file.Content, file.SizeBytes, file.UpdatedAt, FileCondition.TagOf(file.Content));
}

/// <summary>Reads projects for the API.</summary>
internal static partial class ProjectViews
{
    private const string Configuration = "platformio.ini";
    private const int MaxEnvironments = 50;

    public static async Task<List<Project>> ListAsync(StudioDbContext db, string organization, int limit, CancellationToken cancel)
    {
        var rows = await db.Projects.AsNoTracking().Where(project => project.Organization == organization)
            .OrderByDescending(project => project.CreatedAt).Take(limit).ToListAsync(cancel);
        return await WithFilesAsync(db, rows, cancel);
    }

    public static async Task<Project?> FindAsync(StudioDbContext db, string organization, Guid id, CancellationToken cancel)
    {
        var rows = await db.Projects.AsNoTracking().Where(project => project.Organization == organization && project.Id == id).ToListAsync(cancel);
        return (await WithFilesAsync(db, rows, cancel)).FirstOrDefault();
    }

    public static Task<bool> ExistsAsync(StudioDbContext db, string organization, Guid id, CancellationToken cancel) =>
        db.Projects.AnyAsync(project => project.Id == id && project.Organization == organization, cancel);

    /// <summary>The names of the sections <c>[env:NAME]</c>, each once.</summary>
    internal static IReadOnlyList<string> Environments(string configuration) =>
        [.. Section().Matches(configuration).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Take(MaxEnvironments)];

    private static async Task<List<Project>> WithFilesAsync(StudioDbContext db, List<ProjectRow> rows, CancellationToken cancel)
    {
        var ids = rows.ConvertAll(row => row.Id);
        var files = await db.ProjectFiles.Where(file => ids.Contains(file.ProjectId)).OrderBy(file => file.Path)
            .Select(file => new { file.ProjectId, file.Path, file.SizeBytes, file.UpdatedAt }).ToListAsync(cancel);
        var configurations = await db.ProjectFiles.Where(file => ids.Contains(file.ProjectId) && file.Path == Configuration)
            .Select(file => new { file.ProjectId, file.Content }).ToDictionaryAsync(file => file.ProjectId, file => file.Content, cancel);
        var byProject = files.ToLookup(file => file.ProjectId, file => new ProjectFileSummary(file.Path, file.SizeBytes, file.UpdatedAt));
        return rows.ConvertAll(row => new Project(
            row.Id, row.Name, row.Product, row.Board, row.Chip, row.Toolchain, configurations.TryGetValue(row.Id, out var configuration) ? Environments(configuration) : [], row.Revision,
            ParsePlan(row.Plan), [.. byProject[row.Id]], row.CreatedAt, row.UpdatedAt));
    }

    private static JsonElement ParsePlan(string plan)
    {
        using var document = JsonDocument.Parse(plan);
        return document.RootElement.Clone();
    }

    [GeneratedRegex(@"^\[env:(?<name>[A-Za-z0-9_.-]{1,64})\]\s*(?:[;#].*)?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();
}
