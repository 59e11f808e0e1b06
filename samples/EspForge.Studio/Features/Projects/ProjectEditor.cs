using System.Text;
using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>A project that is to be made.</summary>
internal sealed record NewProject(
    string Name, string Product, Board Board, string Toolchain, string Plan, IReadOnlyList<(string Path, string Content)> Files, ProjectRevisionKind Kind, string Origin);

/// <summary>Changes projects: the files, their history and the audit log in one transaction.</summary>
internal sealed class ProjectEditor(StudioDbContext db, IActorNames names, EspForgeEvents events, TimeProvider time)
{
    internal static readonly Fault NoFile = new("file-not-found", "The project has no such file.");
    internal static readonly Fault NoFolder = new("folder-not-found", "The project has no such folder.");
    internal static readonly Fault NoRevision = new("revision-not-found", "The project has no such revision, or no longer: the oldest go.");

    public async Task<ApiResult<Project>> CreateAsync(ApiCaller caller, NewProject wanted, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var made = await db.InTransactionAsync(async () =>
        {
            if (await db.Projects.CountAsync(project => project.Organization == caller.Organization, cancel) >= ProjectLimits.MaxProjects)
                return false;
            var row = new ProjectRow
            {
                Id = id,
                Organization = caller.Organization,
                Name = wanted.Name,
                Product = wanted.Product,
                Board = wanted.Board.Id,
                Chip = wanted.Board.ChipId,
                Plan = wanted.Plan,
                Toolchain = wanted.Toolchain,
                CreatedAt = now,
                UpdatedAt = now,
            };
            foreach (var (path, content) in wanted.Files)
                row.Files.Add(new ProjectFileRow { ProjectId = id, Path = path, Content = content, SizeBytes = Encoding.UTF8.GetByteCount(content), UpdatedAt = now });
            db.Projects.Add(row);
            await ProjectHistory.RecordAsync(db, row, wanted.Kind, caller.Actor, now,
                [new(ProjectVersionRow.Settings, null, ProjectSettings.Write(row)), .. wanted.Files.Select(file => new ProjectChange(file.Path, null, file.Content))], cancel);
            var action = wanted.Kind == ProjectRevisionKind.Imported ? "project.import" : "project.create";
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft(action, $"project:{id:D}", $"{wanted.Name}, for {wanted.Board.Id}, {wanted.Origin}."), now, cancel);
            return true;
        }, cancel);
        if (!made)
            return new Fault("project-limit", $"An organization has at most {ProjectLimits.MaxProjects} projects.");
        Tell(caller, id);
        return ApiResults.Created($"/api/v1/projects/{id:D}", (await ProjectViews.FindAsync(db, caller.Organization, id, cancel))!);
    }

    public async Task<ApiResult<ProjectFile>> SaveAsync(ApiCaller caller, Guid id, string path, string content, FileCondition condition, CancellationToken cancel)
    {
        if (ProjectPath.Check(path) is { } badPath)
            return ApiResults.Invalid("path", badPath);
        if (ProjectTree.CheckContent(content, "content") is { } badContent)
            return badContent;
        var size = Encoding.UTF8.GetByteCount(content);
        var changed = false;
        var result = await db.InTransactionAsync<ApiResult<ProjectFile>>(async () =>
        {
            if (await OpenAsync(caller, id, cancel) is not { } project)
                return ProjectEndpoints.NotFound;
            var file = await db.ProjectFiles.SingleOrDefaultAsync(row => row.ProjectId == id && row.Path == path, cancel);
            if (await condition.CheckAsync(db, id, path, file?.Content, names, caller.Organization, cancel) is { } unmet)
                return unmet;
            if (file is not null && string.Equals(file.Content, content, StringComparison.Ordinal))
                return ProjectFile.Of(file);

            var others = await db.ProjectFiles.Where(row => row.ProjectId == id && row.Path != path).Select(row => new { row.Path, row.SizeBytes }).ToListAsync(cancel);
            if (file is null && others.Count >= ProjectLimits.MaxFiles)
                return new Fault("project-limit", $"A project has at most {ProjectLimits.MaxFiles} files.");
            if (others.Sum(other => other.SizeBytes) + size > ProjectLimits.MaxProjectBytes)
                return new Fault("too-large", $"A project has at most {ProjectLimits.MaxProjectBytes / 1024 / 1024} MiB.");
            if (file is null && ProjectPath.Collides(path, others.Select(other => other.Path)) is { } collision)
                return ApiResults.Invalid("path", collision);

            var before = file?.Content;
            var now = time.GetUtcNow();
            file = Put(id, file, path, content, now);
            changed = true;
            await CommitAsync(caller, project, ProjectRevisionKind.Saved, now, [new ProjectChange(path, before, content)], "project.file-save", $"{path}, {size} bytes.", cancel, path);
            return ProjectFile.Of(file);
        }, cancel);
        if (changed)
            Tell(caller, id);
        return result;
    }

    public async Task<ApiResult> DeleteAsync(ApiCaller caller, Guid id, string path, FileCondition condition, CancellationToken cancel)
    {
        var refusal = await db.InTransactionAsync<ApiRefusal?>(async () =>
        {
            if (await OpenAsync(caller, id, cancel) is not { } project)
                return new ApiRefusal(ProjectEndpoints.NotFound);
            var file = await db.ProjectFiles.SingleOrDefaultAsync(row => row.ProjectId == id && row.Path == path, cancel);
            if (file is null)
                return condition.Match is null ? new ApiRefusal(NoFile) : await condition.CheckAsync(db, id, path, null, names, caller.Organization, cancel);
            if (await condition.CheckAsync(db, id, path, file.Content, names, caller.Organization, cancel) is { } unmet)
                return unmet;
            db.ProjectFiles.Remove(file);
            await CommitAsync(caller, project, ProjectRevisionKind.Deleted, time.GetUtcNow(), [new ProjectChange(path, file.Content, null)], "project.file-delete", path, cancel, path);
            return null;
        }, cancel);
        if (refusal is not null)
            return refusal;
        Tell(caller, id);
        return ApiResults.NoContent();
    }

    /// <summary>Deletes every file of a folder, all or none, as one revision.</summary>
    public async Task<ApiResult> DeleteFolderAsync(ApiCaller caller, Guid id, string path, FolderCondition condition, CancellationToken cancel)
    {
        if (ProjectPath.CheckFolder(path) is { } badPath)
            return ApiResults.Invalid("path", badPath);
        var refusal = await db.InTransactionAsync<ApiRefusal?>(async () =>
        {
            if (await OpenAsync(caller, id, cancel) is not { } project)
                return new ApiRefusal(ProjectEndpoints.NotFound);
            if (await condition.CheckAsync(db, project, path, names, caller.Organization, cancel) is { } unmet)
                return unmet;
            var files = await db.ProjectFiles.Where(row => row.ProjectId == id).ToListAsync(cancel);
            var gone = files.FindAll(file => file.Path.StartsWith(path + "/", StringComparison.Ordinal));
            if (gone.Count == 0)
                return new ApiRefusal(NoFolder);
            db.ProjectFiles.RemoveRange(gone);
            await CommitAsync(caller, project, ProjectRevisionKind.Deleted, time.GetUtcNow(), [.. gone.Select(file => new ProjectChange(file.Path, file.Content, null))],
                "project.folder-delete", $"{path}, {gone.Count} {(gone.Count == 1 ? "file" : "files")}.", cancel, path);
            return null;
        }, cancel);
        if (refusal is not null)
            return refusal;
        Tell(caller, id);
        return ApiResults.NoContent();
    }

    /// <summary>Gives a file, or every file of a folder, another path.</summary>
    public async Task<ApiResult<Project>> RenameAsync(ApiCaller caller, Guid id, string from, string to, CancellationToken cancel)
    {
        var refusal = await db.InTransactionAsync<ApiRefusal?>(async () =>
        {
            if (await OpenAsync(caller, id, cancel) is not { } project)
                return new ApiRefusal(ProjectEndpoints.NotFound);
            var files = await db.ProjectFiles.Where(row => row.ProjectId == id).ToListAsync(cancel);
            var isFile = files.Exists(file => string.Equals(file.Path, from, StringComparison.Ordinal));
            var moving = isFile
                ? files.FindAll(file => string.Equals(file.Path, from, StringComparison.Ordinal))
                : files.FindAll(file => file.Path.StartsWith(from + "/", StringComparison.Ordinal));
            if (moving.Count == 0 || from.Length == 0)
                return new ApiRefusal(NoFile);
            if (string.Equals(from, to, StringComparison.Ordinal))
                return null;
            if (!isFile && to.StartsWith(from + "/", StringComparison.Ordinal))
                return ApiResults.Invalid("to", "A folder cannot go into itself.");
            var renamed = moving.ConvertAll(file => (File: file, Path: to + file.Path[from.Length..]));
            if (renamed.Select(one => ProjectPath.Check(one.Path)).FirstOrDefault(problem => problem is not null) is { } badPath)
                return ApiResults.Invalid("to", badPath);
            var staying = files.Except(moving).ToList();
            if (staying.Exists(file => string.Equals(file.Path, to, StringComparison.Ordinal) || file.Path.StartsWith(to + "/", StringComparison.Ordinal)))
                return new ApiRefusal(new Fault("file-exists", $"There is a '{to}' already."));
            if (renamed.Select(one => ProjectPath.Collides(one.Path, staying.Select(file => file.Path))).FirstOrDefault(problem => problem is not null) is { } collision)
                return ApiResults.Invalid("to", collision);

            var now = time.GetUtcNow();
            foreach (var (file, path) in renamed)
            {
                db.ProjectFiles.Remove(file);
                Put(id, null, path, file.Content, now);
            }

            await CommitAsync(caller, project, ProjectRevisionKind.Renamed, now,
                [.. renamed.Select(one => new ProjectChange(one.File.Path, one.File.Content, null)), .. renamed.Select(one => new ProjectChange(one.Path, null, one.File.Content))],
                "project.file-rename", $"{from} → {to}.", cancel, to, from);
            return null;
        }, cancel);
        return await ShowAsync(caller, id, refusal, cancel);
    }

    /// <summary>Makes a file, or everything with board, toolchain and plan, what it was after a revision.</summary>
    public async Task<ApiResult<Project>> RestoreAsync(ApiCaller caller, Guid id, int revision, string? path, BoardCatalog catalog, CancellationToken cancel)
    {
        var refusal = await db.InTransactionAsync<ApiRefusal?>(async () =>
        {
            if (await OpenAsync(caller, id, cancel) is not { } project)
                return new ApiRefusal(ProjectEndpoints.NotFound);
            if (!await db.ProjectRevisions.AnyAsync(row => row.ProjectId == id && row.Revision == revision, cancel))
                return new ApiRefusal(NoRevision);
            var tree = await ProjectHistory.TreeAsync(db, id, revision, cancel);
            if (path is not null && (path.Length == 0 || !tree.ContainsKey(path)))
                return new ApiRefusal(NoFile);
            List<string> hashes = path is null ? [.. tree.Values] : [tree[path]];
            var contents = await db.ProjectContents.AsNoTracking().Where(row => row.ProjectId == id && hashes.Contains(row.Sha256)).ToDictionaryAsync(row => row.Sha256, row => row.Content, StringComparer.Ordinal, cancel);
            var files = await db.ProjectFiles.Where(row => row.ProjectId == id).ToDictionaryAsync(row => row.Path, StringComparer.Ordinal, cancel);

            var changes = new List<ProjectChange>();
            if (path is null && RestoreSettings(project, contents[tree[ProjectVersionRow.Settings]], catalog, changes) is { } unusable)
                return unusable;
            foreach (var (name, sha256) in tree.Where(one => path is null ? one.Key.Length > 0 : string.Equals(one.Key, path, StringComparison.Ordinal)))
            {
                var before = files.GetValueOrDefault(name)?.Content;
                if (!string.Equals(before, contents[sha256], StringComparison.Ordinal))
                    changes.Add(new ProjectChange(name, before, contents[sha256]));
            }

            if (path is null)
                changes.AddRange(files.Values.Where(file => !tree.ContainsKey(file.Path)).Select(file => new ProjectChange(file.Path, file.Content, null)));
            if (changes.Count == 0)
                return null;

            var now = time.GetUtcNow();
            foreach (var change in changes.Where(change => change.Path.Length > 0))
            {
                if (change.After is null)
                {
                    db.ProjectFiles.Remove(files[change.Path]);
                    files.Remove(change.Path);
                }
                else
                {
                    files[change.Path] = Put(id, files.GetValueOrDefault(change.Path), change.Path, change.After, now);
                }
            }

            if (ProjectTree.Check([.. files.Values.Select(file => (file.Path, file.SizeBytes))]) is { } tooMuch)
            {
                db.ChangeTracker.Clear();
                return tooMuch;
            }

            await CommitAsync(caller, project, ProjectRevisionKind.Restored, now, changes, "project.restore", $"{path ?? "everything"} as of revision {revision}.", cancel, path);
            return null;
        }, cancel);
        return await ShowAsync(caller, id, refusal, cancel);
    }

    /// <summary>The project, with a first revision if it has none; <see langword="null"/> where it is not the caller's.</summary>
    public async Task<ProjectRow?> OpenAsync(ApiCaller caller, Guid id, CancellationToken cancel)
    {
        var project = await db.Projects.SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
        if (project is not null)
            await ProjectHistory.BeginAsync(db, project, cancel);
        return project;
    }

    /// <summary>Writes revision and audit entry of a change whose rows are in the context, and saves all of it.</summary>
    public async Task CommitAsync(
        ApiCaller caller, ProjectRow project, ProjectRevisionKind kind, DateTimeOffset now, IReadOnlyList<ProjectChange> changes, string action, string detail, CancellationToken cancel,
        string? path = null, string? fromPath = null)
    {
        project.UpdatedAt = now;
        await ProjectHistory.RecordAsync(db, project, kind, caller.Actor, now, changes, cancel, path, fromPath);
        await AuditChain.AppendAsync(db, caller.Organization, caller.Draft(action, $"project:{project.Id:D}", detail), now, cancel);
    }

    public void Tell(ApiCaller caller, Guid id) => events.PublishAudited("project", caller.Organization, id.ToString("D"));

    private static ApiRefusal? RestoreSettings(ProjectRow project, string kept, BoardCatalog catalog, List<ProjectChange> changes)
    {
        var before = ProjectSettings.Write(project);
        if (string.Equals(before, kept, StringComparison.Ordinal))
            return null;
        var settings = ProjectSettings.Read(kept);
        if (catalog.FindBoard(settings.Board) is not { } board)
            return ProjectPlan.Invalid($"The board {settings.Board} that the project stood on then is no longer there.");
        if (!ProjectPlan.Parse(settings.Plan.GetRawText(), catalog).TryGet(out var plan, out var unread))
            return ProjectPlan.Invalid(unread.Message);
        project.Board = board.Id;
        project.Chip = board.ChipId;
        project.Toolchain = settings.Toolchain;
        project.Plan = ProjectPlan.Write(plan);
        changes.Add(new ProjectChange(ProjectVersionRow.Settings, before, ProjectSettings.Write(project)));
        return null;
    }

    private ProjectFileRow Put(Guid project, ProjectFileRow? file, string path, string content, DateTimeOffset now)
    {
        var size = Encoding.UTF8.GetByteCount(content);
        if (file is null)
        {
            file = new ProjectFileRow { ProjectId = project, Path = path, Content = content, SizeBytes = size, UpdatedAt = now };
            db.ProjectFiles.Add(file);
            return file;
        }

        file.Content = content;
        file.SizeBytes = size;
        file.UpdatedAt = now;
        return file;
    }

    private async Task<ApiResult<Project>> ShowAsync(ApiCaller caller, Guid id, ApiRefusal? refusal, CancellationToken cancel)
    {
        if (refusal is not null)
            return refusal;
        Tell(caller, id);
        return (await ProjectViews.FindAsync(db, caller.Organization, id, cancel))!;
    }
}
