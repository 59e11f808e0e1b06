namespace EspForge.Studio.Projects;

/// <summary>A firmware project as kept: its name, its board's pin plan and, in their own table, its files.</summary>
public sealed class ProjectRow
{
    /// <summary>Id, time-ordered.</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization that owns it.</summary>
    public required string Organization { get; init; }

    /// <summary>A name for people, 1–80 characters.</summary>
    public required string Name { get; set; }

    /// <summary>What its images are releases of, 1–31 of <c>a-z 0-9 - _ .</c>.</summary>
    public required string Product { get; init; }

    /// <summary>Board id of the catalog.</summary>
    public required string Board { get; set; }

    /// <summary>Chip id of the catalog.</summary>
    public required string Chip { get; set; }

    /// <summary>The pin plan, JSON (docs/pins.md).</summary>
    public required string Plan { get; set; }

    /// <summary>What builds it, one of <see cref="ProjectToolchains"/>.</summary>
    public string Toolchain { get; set; } = ProjectToolchains.Host;

    /// <summary>Counts the changes of files, plan, board and toolchain. 0 = made before changes were counted.</summary>
    public int Revision { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it, or one of its files, last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Its files.</summary>
    public List<ProjectFileRow> Files { get; } = [];
}

/// <summary>One source file of a project.</summary>
public sealed class ProjectFileRow
{
    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>Path inside the project (see <see cref="ProjectPath"/>).</summary>
    public required string Path { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; set; }

    /// <summary>Its length in bytes of UTF-8.</summary>
    public required int SizeBytes { get; set; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What a project can be built with.</summary>
internal static class ProjectToolchains
{
    public const string Host = "host";
    public const string PlatformIo = "platformio";
    public const string EspIdf = "esp-idf";
    public const string Sentence = "A toolchain is host, platformio or esp-idf.";

    public static bool Exists(string id) => id is Host or PlatformIo or EspIdf;
}

/// <summary>How much a project may hold.</summary>
internal static class ProjectLimits
{
    public const int MaxFiles = 200;
    public const int MaxFileBytes = 256 * 1024;
    public const int MaxProjectBytes = 8 * 1024 * 1024;
    public const int MaxProjects = 1000;
    public const int MaxNameLength = 80;
    public const int MaxProductLength = 31;
}
