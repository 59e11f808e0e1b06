namespace EspForge.Studio.Projects;

/// <summary>What a revision of a project did.</summary>
public enum ProjectRevisionKind
{
    /// <summary>The project was made from a template; also the state of a project from before revisions were kept.</summary>
    Created,

    /// <summary>A file was written.</summary>
    Saved,

    /// <summary>A file was deleted.</summary>
    Deleted,

    /// <summary>A file or a folder got another name.</summary>
    Renamed,

    /// <summary>A file, or all of the project, is again what it was.</summary>
    Restored,

    /// <summary>The project was made from an archive.</summary>
    Imported,

    /// <summary>The pin plan, the board or the toolchain changed.</summary>
    Plan,
}

/// <summary>One change of a project, as kept.</summary>
public sealed class ProjectRevisionRow
{
    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>Counted from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, as an audit actor.</summary>
    public required string Actor { get; init; }

    /// <summary>What.</summary>
    public required ProjectRevisionKind Kind { get; init; }

    /// <summary>The file or folder, or <see langword="null"/> for several files or the plan.</summary>
    public string? Path { get; init; }

    /// <summary>What it was called before.</summary>
    public string? FromPath { get; init; }

    /// <summary>Bytes of the files that it wrote.</summary>
    public required int SizeBytes { get; init; }

    /// <summary>Lines that came.</summary>
    public required int LinesAdded { get; init; }

    /// <summary>Lines that went.</summary>
    public required int LinesRemoved { get; init; }
}

/// <summary>What a file was from one revision up to another: the state at any revision is the versions that were there then.</summary>
public sealed class ProjectVersionRow
{
    /// <summary>The path under which board, toolchain and plan are kept.</summary>
    public const string Settings = "";

    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>Path of the file, or <see cref="Settings"/>.</summary>
    public required string Path { get; init; }

    /// <summary>The revision that wrote it.</summary>
    public required int FromRevision { get; init; }

    /// <summary>The first revision in which it is no longer so, or <see langword="null"/>.</summary>
    public int? ToRevision { get; set; }

    /// <summary>Which content of the project it is, 64 hex digits.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>A text that some version of a project has, kept once under its hash.</summary>
public sealed class ProjectContentRow
{
    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>SHA-256 of its UTF-8, 64 lower-case hex digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; init; }

    /// <summary>Its length in bytes of UTF-8.</summary>
    public required int SizeBytes { get; init; }
}
